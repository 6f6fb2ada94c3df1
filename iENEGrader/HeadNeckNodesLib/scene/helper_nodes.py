"""Nodes that only help to show something: neither in Slicer's lists and data tree nor in a saved scene."""

from __future__ import annotations

from typing import Any

import slicer


def add_helper(class_name: str, name: str) -> Any:
    """Add a node that is the user's only to look at.

    Returns
    -------
    A node of that class, hidden from editors. Its display nodes, if it is given any, are to be left unsaved as well.
    """
    node = slicer.mrmlScene.CreateNodeByClass(class_name)
    node.UnRegister(None)
    # Before it is in the scene: the data tree looks at this once, when a node comes.
    node.SetHideFromEditors(True)
    node.SetSaveWithScene(False)
    node.SetName(slicer.mrmlScene.GenerateUniqueName(name))
    return slicer.mrmlScene.AddNode(node)
