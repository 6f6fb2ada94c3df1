"""Colours of maps, and the legend with their unit in the corner of each view that shows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.drawing.map_colours import LEVELS, SPECTRAL_SCALES

from iENEGraderLib.spectral import MapKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from HeadNeckNodesLib.drawing.map_colours import ColourScale

COLOURS_ATTRIBUTE = "HeadNeckNodes.Colours"
CORNER = (0.98, 0.04)
"""Lower right, where a neck leaves room; shares of the view, from its lower left."""
SIZE = (0.1, 0.3)


@dataclass(frozen=True)
class MapLegend:
    """How a map and its legend look.

    Attributes
    ----------
    scale : colours.
    low, high : values at its ends, in the unit of the map.
    title, label_format : of the legend; the unit stands in the title, on a line of its own.
    """

    scale: ColourScale
    low: float
    high: float
    title: str
    label_format: str


LEGENDS = {
    MapKind.IODINE: MapLegend(SPECTRAL_SCALES[MapKind.IODINE], 0.0, 6.0, "iodine\nmg/mL", "%.1f"),
    MapKind.FAT_FRACTION: MapLegend(
        SPECTRAL_SCALES[MapKind.FAT_FRACTION], 0.0, 1.0, "fat fraction\n1 = all fat", "%.2f"
    ),
}


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
    for index, colour in enumerate(scale.colours.tolist()):
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
        look = _look_of(volume)
        if look is not None:
            _renew(volume, look)


def _renew(volume: Any, look: MapLegend) -> None:
    legend = slicer.mrmlScene.CreateNodeByClass("vtkMRMLColorLegendDisplayNode")
    if legend is None:
        return  # the application draws no legends; the names of maps tell their unit
    legend.UnRegister(None)
    former = legend_of(volume)
    if former is None:
        legend.SetTitleText(look.title)
        legend.SetLabelFormat(look.label_format)
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


def _look_of(volume: Any) -> MapLegend | None:
    display = volume.GetDisplayNode()
    colours = None if display is None else display.GetColorNode()
    name = None if colours is None else colours.GetAttribute(COLOURS_ATTRIBUTE)
    return next((look for look in LEGENDS.values() if look.scale.name == name), None)
