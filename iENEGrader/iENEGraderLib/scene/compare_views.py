"""Several volumes side by side in linked views: one volume per view, all at the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer

from iENEGraderLib.scene.layouts import compare_layout, compare_views, show_layout
from iENEGraderLib.scene.slice_background import composite_node, show_volume

if TYPE_CHECKING:
    from collections.abc import Sequence

REFERENCE_VIEW = "Red"
ORIENTATION = "Axial"
LONGEST_LABEL = 28


def comparable_volumes() -> list[Any]:
    """Return the volumes that can be compared, in the order of the scene: images, no label maps."""
    volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    return [each for each in volumes if not each.IsA("vtkMRMLLabelMapVolumeNode") and each.GetImageData() is not None]


def compare(volumes: Sequence[Any]) -> bool:
    """Show 2 to 6 volumes side by side.

    The views begin where the axial view of the three planes looks. They are linked: what is done in one is done in all.
    Transforms of volumes move them, as everywhere in Slicer.

    Parameters
    ----------
    volumes : one for each view; None leaves a view empty.

    Returns
    -------
    False when the application has no layouts (no window); nothing is done then.
    """
    if not show_layout(compare_layout(len(volumes))):
        return False
    views = compare_views(len(volumes))
    for view, volume in zip(views, volumes, strict=True):
        composite = composite_node(view)
        composite.SetLinkedControl(1)
        composite.SetHotLinkedControl(1)
        show_in_view(view, volume)
    _put_together(views, next((each for each in volumes if each is not None), None))
    return True


def show_in_view(view: str, volume: Any) -> None:
    """Show a volume in one of the compared views, under its name; None empties the view."""
    show_volume(view, volume)
    node = _slice_node(view)
    if node is not None:
        number = view[-1]
        name = "" if volume is None else volume.GetName()
        label = f"{number} {name}".strip()
        node.SetLayoutLabel(label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…")


def volume_in_view(view: str) -> Any:
    """Return the volume that a view shows; None when it is empty."""
    composite = slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceCompositeNode")
    found = None if composite is None else composite.GetBackgroundVolumeID()
    return None if not found else slicer.mrmlScene.GetNodeByID(found)


def _slice_node(view: str) -> Any:
    return slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceNode")


def _put_together(views: Sequence[str], volume: Any) -> None:
    """Let all views look at one place, at one scale."""
    centre, width_mm = _begin(volume)
    for node in filter(None, map(_slice_node, views)):
        was_modifying = node.StartModify()
        node.SetOrientation(ORIENTATION)
        columns, rows, _ = node.GetDimensions()
        node.SetFieldOfView(width_mm, width_mm * rows / max(columns, 1), node.GetFieldOfView()[2])
        node.JumpSliceByCentering(*centre)
        node.EndModify(was_modifying)


def _begin(volume: Any) -> tuple[tuple[float, float, float], float]:
    """Return where the views begin, RAS mm, and the width of their field in mm."""
    reference = _slice_node(REFERENCE_VIEW)
    if reference is not None and volume_in_view(REFERENCE_VIEW) is not None:
        plane = reference.GetSliceToRAS()
        right, anterior, superior = (plane.GetElement(row, 3) for row in range(3))
        return (right, anterior, superior), reference.GetFieldOfView()[0]
    if volume is None:
        return (0.0, 0.0, 0.0), 250.0
    bounds = np.zeros(6)
    volume.GetRASBounds(bounds)
    low, high = bounds[::2], bounds[1::2]
    right, anterior, superior = ((low + high) / 2).tolist()
    return (right, anterior, superior), float((high - low)[:2].max())
