"""The reading document in the scene: one text node, which is the only place where its state is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from iENEGraderLib.reading import SCHEMA, reading_from_text, reading_to_text

if TYPE_CHECKING:
    from iENEGraderLib.reading import Reading

SCHEMA_ATTRIBUTE = "HeadNeckNodes.Schema"


def create_reading_node(reading: Reading, name: str = "") -> Any:
    """Add a reading to the scene.

    Parameters
    ----------
    name : name of the node, "Reading <case id>" when empty.

    Returns
    -------
    vtkMRMLTextNode
    """
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", name or f"Reading {reading.case_id}")
    node.SetAttribute(SCHEMA_ATTRIBUTE, SCHEMA)
    node.SetUndoEnabled(True)
    # A file of its own in the scene bundle, so that others can read it there; it would be an XML attribute otherwise.
    node.SetForceCreateStorageNode(slicer.vtkMRMLTextNode.CreateStorageNodeAlways)
    node.AddDefaultStorageNode()
    node.GetStorageNode().SetSupportedReadFileExtensions(["json"])
    node.GetStorageNode().SetSupportedWriteFileExtensions(["json"])
    write_reading(node, reading)
    return node


def reading_nodes() -> list[Any]:
    """All nodes of the scene that hold a reading, in the order of the scene."""
    nodes = slicer.util.getNodesByClass("vtkMRMLTextNode")
    return [node for node in nodes if node.GetAttribute(SCHEMA_ATTRIBUTE)]


def read_reading(node: Any) -> Reading:
    """Return the reading that a node holds.

    Raises
    ------
    InputError
        When its text is no valid reading; the message names the node and the field.
    """
    return reading_from_text(node.GetText() or "", node.GetName())


def write_reading(node: Any, reading: Reading) -> None:
    """Put a reading into its node. Observers hear of it only when something changed."""
    text = reading_to_text(reading)
    if node.GetText() != text:
        node.SetText(text)
