"""A map in colours over the grey image of the slice views, from a threshold on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import slicer

from iENEGraderLib.scene.spectral.map_legend import show_legends

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class OverlaySetting:
    """How a map lies over the image.

    Attributes
    ----------
    opacity : 0 to 1.
    threshold : values below it, in the unit of the map, stay transparent.
    """

    opacity: float = 0.6
    threshold: float = 0.5


def show_overlay(volume: Any, setting: OverlaySetting, backgrounds: Collection[Any]) -> int:
    """Lay a map over some volumes wherever slice views show them; return in how many views.

    Parameters
    ----------
    volume : the map.
    backgrounds : volumes that it may be laid over.
    """
    display = volume.GetDisplayNode()
    display.SetAutoThreshold(False)
    display.SetThreshold(setting.threshold, max(volume.GetImageData().GetScalarRange()[1], setting.threshold))
    display.ApplyThresholdOn()
    shown_over = {each.GetID() for each in backgrounds}
    count = 0
    for composite in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode"):
        if composite.GetBackgroundVolumeID() in shown_over:
            composite.SetForegroundVolumeID(volume.GetID())
            composite.SetForegroundOpacity(setting.opacity)
            count += 1
    show_legends([volume])
    return count


def hide_overlay(volumes: Collection[Any]) -> None:
    """Take maps off the images that they lie over; by themselves they show all their values again."""
    ids = {each.GetID() for each in volumes}
    for composite in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode"):
        if composite.GetForegroundVolumeID() in ids:
            composite.SetForegroundVolumeID(None)
    for each in volumes:
        each.GetDisplayNode().ApplyThresholdOff()
