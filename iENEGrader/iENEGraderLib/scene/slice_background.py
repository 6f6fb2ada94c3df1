"""What slice views show: the volume in their background, and its grey scale."""

from __future__ import annotations

from typing import Any

import slicer
from HeadNeckNodesLib.scene.volumes import MODALITY_ATTRIBUTE, show_soft_tissue

AIR_HU = -850.0
"""Values below this are those of a CT when nothing says what a volume is."""


def composite_node(view: str) -> Any:
    """Return the node that says what a view shows (vtkMRMLSliceCompositeNode), made when the view has none yet."""
    node = slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceCompositeNode")
    if node is None:
        node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLSliceCompositeNode")
        node.UnRegister(None)
        node.SetSingletonTag(view)
        node.SetLayoutName(view)
        node.SetName(view)
        node = slicer.mrmlScene.AddNode(node)
    return node


def show_volume(view: str, volume: Any) -> None:
    """Show a volume in the background of a view; None shows nothing."""
    composite = composite_node(view)
    composite.SetBackgroundVolumeID(None if volume is None else volume.GetID())
    if volume is not None:
        show_with_window(volume)


def show_with_window(volume: Any) -> None:
    """Show a CT with the window of soft tissue; others, and a window that the user chose, stay as they are."""
    if volume.GetDisplayNode() is None:
        volume.CreateDefaultDisplayNodes()
    if volume.GetDisplayNode().GetAutoWindowLevel() and is_ct(volume):
        show_soft_tissue(volume)


def is_ct(volume: Any) -> bool:
    """Tell whether a volume is a CT in HU: by its modality when it is known, else because it holds air."""
    modality = volume.GetAttribute(MODALITY_ATTRIBUTE)
    if modality:
        return str(modality) == "CT"
    image = volume.GetImageData()
    return image is not None and image.GetScalarRange()[0] < AIR_HU
