"""Fits in the scene: one text node each beside its maps, with what they were made of and the values of regions."""

from __future__ import annotations

from typing import Any

import slicer

from PWIProtocolLib.scene.maps.kept_text import refer_to_named, with_present_ids

FIT_ATTRIBUTE = "PWIProtocol.Fit"


def fit_nodes() -> list[Any]:
    """Return all nodes of the scene that hold a fit (vtkMRMLTextNode), in the order of the scene."""
    nodes = slicer.util.getNodesByClass("vtkMRMLTextNode")
    return [node for node in nodes if node.GetAttribute(FIT_ATTRIBUTE)]


def add_fit_node(name: str, text: str) -> Any:
    """Add a node that is complete when the scene tells of it (vtkMRMLTextNode).

    The text stands in the scene file itself and never in a file of its own: it may hold the places of files.
    """
    node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLTextNode")
    node.UnRegister(None)
    node.SetName(slicer.mrmlScene.GenerateUniqueName(name))
    node.SetAttribute(FIT_ATTRIBUTE, "1")
    node.SetForceCreateStorageNode(slicer.vtkMRMLTextNode.CreateStorageNodeNever)
    node.SetText(text)
    node = slicer.mrmlScene.AddNode(node)
    refer_to_named(node, text)
    return node


def text_of_fit(node: Any) -> str:
    """Return the text of a fit, naming nodes by the IDs that they have now."""
    return with_present_ids(node, node.GetText() or "")


def keep_fit(node: Any, text: str) -> None:
    """Keep a text in the place of the one before."""
    refer_to_named(node, text)
    if node.GetText() != text:
        node.SetText(text)
