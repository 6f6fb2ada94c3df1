"""The protocol check of a study in the scene: one text node each, which a saved scene carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from PWIProtocolLib.scene.check_document import SCHEMA, check_from_text, check_to_text

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checker import ProtocolCheck

SCHEMA_ATTRIBUTE = "PWIProtocol.Schema"
SOURCE_ATTRIBUTE = "PWIProtocol.Source"
RULES_ATTRIBUTE = "PWIProtocol.Rules"


def check_nodes() -> list[Any]:
    """Return all nodes of the scene that hold a check (vtkMRMLTextNode), in the order of the scene."""
    nodes = slicer.util.getNodesByClass("vtkMRMLTextNode")
    return [node for node in nodes if node.GetAttribute(SCHEMA_ATTRIBUTE)]


def keep_check(check: ProtocolCheck, source: str, rules: str = "") -> Any:
    """Put a check into the node of its study, a new one when there is none.

    Parameters
    ----------
    source, rules : where the files of the study are, and the rules of a site if any were applied. Both stand in the
        scene only, never in the text, which may be handed on.

    Returns
    -------
    vtkMRMLTextNode
    """
    text = check_to_text(check)
    node = next((each for each in check_nodes() if each.GetAttribute(SOURCE_ATTRIBUTE) == source), None)
    if node is None:
        return _new_node(f"PWI check {check.label}", source, rules, text)
    node.SetAttribute(RULES_ATTRIBUTE, rules)
    if node.GetText() != text:
        node.SetText(text)
    return node


def read_check(node: Any) -> ProtocolCheck:
    """Return the check that a node holds; InputError when its text is none."""
    return check_from_text(node.GetText() or "", node.GetName())


def source_of(node: Any) -> str:
    """Return where the files of the study of a node are, or were."""
    return node.GetAttribute(SOURCE_ATTRIBUTE) or ""


def rules_of(node: Any) -> str:
    """Return the file with the rules of a site that were applied; empty when none were."""
    return node.GetAttribute(RULES_ATTRIBUTE) or ""


def _new_node(name: str, source: str, rules: str, text: str) -> Any:
    """Add a node that is complete when the scene tells of it."""
    node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLTextNode")
    node.UnRegister(None)
    node.SetName(slicer.mrmlScene.GenerateUniqueName(name))
    node.SetAttribute(SCHEMA_ATTRIBUTE, SCHEMA)
    node.SetAttribute(SOURCE_ATTRIBUTE, source)
    node.SetAttribute(RULES_ATTRIBUTE, rules)
    node.SetText(text)
    # A file of its own in the scene bundle, so that others can read it there; it would be an XML attribute otherwise.
    node.SetForceCreateStorageNode(slicer.vtkMRMLTextNode.CreateStorageNodeAlways)
    node = slicer.mrmlScene.AddNode(node)
    node.AddDefaultStorageNode()
    node.GetStorageNode().SetSupportedReadFileExtensions(["json"])
    node.GetStorageNode().SetSupportedWriteFileExtensions(["json"])
    return node
