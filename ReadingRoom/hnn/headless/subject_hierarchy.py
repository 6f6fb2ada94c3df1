"""Subject hierarchy items for the nodes of a scene."""

from __future__ import annotations

from typing import Any

import slicer
from vtkmodules.util.misc import calldata_type
from vtkmodules.vtkCommonCore import VTK_OBJECT

# Classes for which Slicer's subject hierarchy plugins make an item when a node is added.
ITEM_CLASSES = (
    "vtkMRMLScalarVolumeNode",
    "vtkMRMLModelNode",
    "vtkMRMLSegmentationNode",
    "vtkMRMLMarkupsNode",
    "vtkMRMLAnnotationNode",
    "vtkMRMLTransformNode",
    "vtkMRMLTextNode",
    "vtkMRMLTableNode",
    "vtkMRMLPlotChartNode",
    "vtkMRMLPlotSeriesNode",
    "vtkMRMLSequenceNode",
    "vtkMRMLSequenceBrowserNode",
    "vtkMRMLFolderDisplayNode",
)


class SubjectHierarchyItems:
    """Keeps one subject hierarchy item per data node, which in Slicer is the work of Qt plugins.

    Nodes hidden from editors get none. Items of an imported scene come from its file; nodes that the file has no
    item for get theirs when the import ends. Items for single segments are not made.
    """

    def __init__(self, scene: Any) -> None:
        self._scene = scene
        self._tags = [
            scene.AddObserver(slicer.vtkMRMLScene.NodeAddedEvent, self._on_added),
            scene.AddObserver(slicer.vtkMRMLScene.NodeAboutToBeRemovedEvent, self._on_removed),
            scene.AddObserver(slicer.vtkMRMLScene.EndImportEvent, self._on_imported),
            scene.AddObserver(slicer.vtkMRMLScene.EndCloseEvent, self._on_closed),
        ]

    def close(self) -> None:
        """Stop following the scene."""
        for tag in self._tags:
            self._scene.RemoveObserver(tag)
        self._tags.clear()

    @calldata_type(VTK_OBJECT)
    def _on_added(self, _scene: Any, _event: str, node: Any) -> None:
        if not self._scene.IsImporting():
            self._add(node)

    @calldata_type(VTK_OBJECT)
    def _on_removed(self, _scene: Any, _event: str, node: Any) -> None:
        if self._scene.IsClosing() or node is None or node.IsA("vtkMRMLSubjectHierarchyNode"):
            return
        hierarchy = self._hierarchy()
        item = hierarchy.GetItemByDataNode(node)
        if item:
            hierarchy.RemoveItem(item, False, False)  # neither the node (already going) nor its children

    def _on_imported(self, *_: object) -> None:
        self._hierarchy()  # merges the imported hierarchy first, so that only nodes without an item are added
        nodes = slicer.util.getNodesByClass("vtkMRMLNode", self._scene)
        for node in nodes:
            self._add(node)

    def _on_closed(self, *_: object) -> None:
        self._hierarchy()  # closing a scene removes its hierarchy; code expects to find one

    def _add(self, node: Any) -> None:
        if node is None or node.GetHideFromEditors() or not any(node.IsA(name) for name in ITEM_CLASSES):
            return
        hierarchy = self._hierarchy()
        if not hierarchy.GetItemByDataNode(node):
            hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)

    def _hierarchy(self) -> Any:
        return slicer.vtkMRMLSubjectHierarchyNode.ResolveSubjectHierarchy(self._scene)
