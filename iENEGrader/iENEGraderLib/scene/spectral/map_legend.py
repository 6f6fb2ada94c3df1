"""Colours of maps, and the legend with their unit in the corner of each view that shows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer

from iENEGraderLib.spectral import MapKind

if TYPE_CHECKING:
    from collections.abc import Iterable

COLOURS_ATTRIBUTE = "HeadNeckNodes.Colours"
LEVELS = 256
CORNER = (0.98, 0.04)
"""Lower right, where a neck leaves room; shares of the view, from its lower left."""
SIZE = (0.1, 0.3)


@dataclass(frozen=True)
class ColourScale:
    """Colours of a map; each step is brighter than the one before, so that it can be read without colours, too.

    Attributes
    ----------
    name : of the colour table.
    low, high : values at its ends, in the unit of the map.
    anchors : red, green, blue from 0 to 1 at even distances.
    title, label_format : of the legend; the unit stands in the title, on a line of its own.
    """

    name: str
    low: float
    high: float
    anchors: tuple[tuple[float, float, float], ...]
    title: str
    label_format: str


SCALES = {
    MapKind.IODINE: ColourScale(
        "Iodine", 0.0, 6.0,
        ((0.0, 0.0, 0.0), (0.35, 0.05, 0.15), (0.75, 0.15, 0.05), (0.98, 0.55, 0.05), (1.0, 1.0, 0.75)),
        "iodine\nmg/mL", "%.1f",
    ),
    MapKind.FAT_FRACTION: ColourScale(
        "Fat", 0.0, 1.0,
        ((0.0, 0.0, 0.0), (0.1, 0.12, 0.45), (0.1, 0.4, 0.65), (0.35, 0.75, 0.65), (0.95, 1.0, 0.85)),
        "fat fraction\n1 = all fat", "%.2f",
    ),
}  # fmt: skip


def colour_table(scale: ColourScale) -> Any:
    """Return the colour table of a scale (vtkMRMLColorTableNode), which is saved with the scene."""
    for node in slicer.util.getNodesByClass("vtkMRMLColorTableNode"):
        if node.GetAttribute(COLOURS_ATTRIBUTE) == scale.name:
            return node
    node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLColorTableNode")
    node.UnRegister(None)
    node.SetName(f"{scale.name} colours")
    node.SetAttribute(COLOURS_ATTRIBUTE, scale.name)
    node.SetTypeToUser()
    node.SetNumberOfColors(LEVELS)
    at = np.linspace(0.0, len(scale.anchors) - 1.0, LEVELS)
    channels = np.array(scale.anchors).T
    colours = np.stack([np.interp(at, np.arange(len(scale.anchors)), channel) for channel in channels], axis=1)
    for index, colour in enumerate(colours.tolist()):
        node.SetColor(index, f"{index}", *colour, 1.0)
    node.SetSaveWithScene(True)
    return slicer.mrmlScene.AddNode(node)


def legend_of(volume: Any) -> Any:
    """Return the legend of a map (vtkMRMLColorLegendDisplayNode); None when it has none."""
    displays = (volume.GetNthDisplayNode(at) for at in range(volume.GetNumberOfDisplayNodes()))
    return next((each for each in displays if each.IsA("vtkMRMLColorLegendDisplayNode")), None)


def show_legends(volumes: Iterable[Any]) -> None:
    """Show the legends of maps in the views that show these maps; other volumes have none.

    A view draws only legends that came into the scene after the view itself, and it is not told that a program has
    given it another volume. So each legend is made anew; where the user has put it, and what he made of it, stays.
    """
    for volume in volumes:
        scale = _scale_of(volume)
        if scale is not None:
            _renew(volume, scale)


def _renew(volume: Any, scale: ColourScale) -> None:
    legend = slicer.mrmlScene.CreateNodeByClass("vtkMRMLColorLegendDisplayNode")
    if legend is None:
        return  # the application draws no legends; the names of maps tell their unit
    legend.UnRegister(None)
    former = legend_of(volume)
    if former is None:
        legend.SetTitleText(scale.title)
        legend.SetLabelFormat(scale.label_format)
        legend.SetSize(*SIZE)
        legend.SetPosition(*CORNER)
    else:
        legend.Copy(former)
        slicer.mrmlScene.RemoveNode(former)
    legend.SetName(f"{volume.GetName()} legend")
    legend = slicer.mrmlScene.AddNode(legend)
    legend.SetAndObserveColorNodeID(volume.GetDisplayNode().GetColorNodeID())
    volume.AddAndObserveDisplayNodeID(legend.GetID())
    legend.SetAndObservePrimaryDisplayNode(volume.GetDisplayNode())
    legend.Modified()


def _scale_of(volume: Any) -> ColourScale | None:
    display = volume.GetDisplayNode()
    colours = None if display is None else display.GetColorNode()
    name = None if colours is None else colours.GetAttribute(COLOURS_ATTRIBUTE)
    return next((scale for scale in SCALES.values() if scale.name == name), None)
