"""The parameter node of the maps: what the user has chosen, as text, saved with the scene."""

from __future__ import annotations

from typing import Any

import slicer

from PWIProtocolLib.scene.maps.kept_text import refer_to_named, with_present_ids

TAG, PARAMETER = "PWIProtocolMaps", "Choices"
NODE_CLASS = "vtkMRMLScriptedModuleNode"


def kept_choices() -> str:
    """Return the text; empty when nothing was chosen in this scene."""
    node = slicer.mrmlScene.GetSingletonNode(TAG, NODE_CLASS)
    return "" if node is None else with_present_ids(node, node.GetParameter(PARAMETER) or "")


def keep_choices(text: str) -> None:
    """Keep a text in the place of the one before."""
    node = slicer.mrmlScene.GetSingletonNode(TAG, NODE_CLASS) or _added()
    refer_to_named(node, text)
    node.SetParameter(PARAMETER, text)


def _added() -> Any:
    node = slicer.mrmlScene.CreateNodeByClass(NODE_CLASS)
    node.UnRegister(None)
    node.SetSingletonTag(TAG)
    node.SetModuleName(TAG)
    node.SetName(TAG)
    return slicer.mrmlScene.AddNode(node)
