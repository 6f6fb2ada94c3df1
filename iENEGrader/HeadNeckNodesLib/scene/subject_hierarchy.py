"""Order in the subject hierarchy: one folder per case, and folders in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

if TYPE_CHECKING:
    from collections.abc import Sequence


def add_folder(name: str, parent: int | None = None) -> int:
    """Add a folder to the subject hierarchy (below the scene when no parent is given) and return its item."""
    hierarchy = _hierarchy()
    return int(hierarchy.CreateFolderItem(hierarchy.GetSceneItemID() if parent is None else parent, name))


def put_into(folder: int, nodes: Sequence[Any]) -> None:
    """Move nodes into a folder, behind what is there, in the given order."""
    hierarchy = _hierarchy()
    for node in nodes:
        item = hierarchy.GetItemByDataNode(node)
        if not item:
            hierarchy.CreateItem(folder, node)
        else:
            hierarchy.SetItemParent(item, folder)


def put_beside(owner: Any, node: Any) -> None:
    """Move a node into the folder that another one is in; both stay where they are when that is in none."""
    hierarchy = _hierarchy()
    item = hierarchy.GetItemByDataNode(owner)
    folder = hierarchy.GetItemParent(item) if item else 0
    if folder and folder != hierarchy.GetSceneItemID():
        put_into(folder, [node])


def names_in(folder: int) -> list[str]:
    """Names of the items in a folder, in order."""
    hierarchy = _hierarchy()
    children: list[int] = []
    hierarchy.GetItemChildren(folder, children)
    return [hierarchy.GetItemName(child) for child in children]


def _hierarchy() -> Any:
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
