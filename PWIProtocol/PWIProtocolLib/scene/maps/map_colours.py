"""Colours of maps, and the legend with name and unit in the corner of each view that shows one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.drawing.map_colours import PERFUSION_SCALES

from PWIProtocolLib.kinetics import CurveType, VoxelStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from HeadNeckNodesLib.drawing.map_colours import ColourScale

    Colour = tuple[float, float, float]

COLOURS_ATTRIBUTE = "PWIProtocol.Colours"
CANCELLED = ", cancelled at "
"""Follows the name of an incomplete map; the share of the voxels that were done comes behind it."""
CORNER, SIZE, WIDE_SIZE = (0.98, 0.04), (0.1, 0.3), (0.3, 0.3)
"""Lower right, where a neck leaves room; shares of the view, from its lower left. Words need more width."""


OF_MAP = PERFUSION_SCALES
"""Scale of every map, in the order in which maps are listed."""
STATUS_COLOURS = "Perfusion status"
FITTED_COLOUR: Colour = (0.2, 0.65, 0.4)
LIMIT_COLOURS: tuple[Colour, ...] = ((0.95, 0.85, 0.3), (0.9, 0.6, 0.15), (0.85, 0.75, 0.55), (0.7, 0.55, 0.15))
NO_VALUE_COLOURS: tuple[Colour, ...] = ((0.45, 0.45, 0.5), (0.6, 0.25, 0.35), (0.35, 0.3, 0.45), (0.5, 0.4, 0.35))
CURVE_TYPE_COLOURS, MODEL_COLOURS = "Perfusion curve types", "Perfusion best model"
TYPE_WORDS = {CurveType.PERSISTENT: "1 persistent", CurveType.PLATEAU: "2 plateau", CurveType.WASHOUT: "3 washout"}
LABEL_COLOURS: tuple[Colour, ...] = ((0.22, 0.42, 0.69), (0.93, 0.79, 0.28), (0.84, 0.25, 0.19), (0.55, 0.75, 0.5))
"""Told apart with each kind of colour blindness, and by lightness: dark, bright, middle."""


def colour_table(scale: ColourScale) -> Any:
    """Return the colour table of a scale (vtkMRMLColorTableNode), which is saved with the scene."""
    named = [(f"{index}", colour) for index, colour in enumerate(scale.colours)]
    return _known(scale.name) or _added(scale.name, named)


def status_table() -> Any:
    """Return the colours of the status map (vtkMRMLColorTableNode); the name of each is what the status means."""
    known = _known(STATUS_COLOURS)
    if known is not None:
        return known
    named = [("", np.zeros(3))] * (1 + max(VoxelStatus))
    for number, status in enumerate(VoxelStatus):
        colours = LIMIT_COLOURS if status.has_value else NO_VALUE_COLOURS
        colour = FITTED_COLOUR if status is VoxelStatus.FITTED else colours[number % len(colours)]
        named[status] = (status.meaning, np.array(colour))
    return _added(STATUS_COLOURS, named)


def curve_type_table() -> Any:
    """Return the colours of curve types, with their names (vtkMRMLColorTableNode)."""
    return _named_table(CURVE_TYPE_COLOURS, list(TYPE_WORDS.values()))


def model_table(models: Sequence[str]) -> Any:
    """Return the colours of the best model, with the names of the models (vtkMRMLColorTableNode)."""
    return _named_table(MODEL_COLOURS, [f"{number} {name}" for number, name in enumerate(models, 1)])


def _named_table(name: str, words: list[str]) -> Any:
    """Return a table with one colour for each word; 0 has none and is not drawn."""
    known = _known(name)
    if known is not None:
        return known
    named = [("", np.zeros(3)), *((word, np.array(LABEL_COLOURS[at])) for at, word in enumerate(words))]
    return _added(name, named)


def show_legends(volumes: Iterable[Any]) -> None:
    """Show the legends of maps in the views that show these maps.

    A view draws only legends that came into the scene after the view itself, so each legend is made anew; where the
    user has put it, and what he made of it, stays.
    """
    for volume in volumes:
        legend = slicer.mrmlScene.CreateNodeByClass("vtkMRMLColorLegendDisplayNode")
        if legend is None:
            return  # the application draws no legends; the names of maps tell their unit
        legend.UnRegister(None)
        _place(legend, volume)


def hide_legends(volumes: Iterable[Any]) -> None:
    """Hide the legends of maps: a view is not told that a program has taken a map out of it."""
    for legend in filter(None, map(legend_of, volumes)):
        legend.SetVisibility(False)


def legend_of(volume: Any) -> Any:
    """Return the legend of a map (vtkMRMLColorLegendDisplayNode); None when it has none."""
    displays = (volume.GetNthDisplayNode(at) for at in range(volume.GetNumberOfDisplayNodes()))
    return next((each for each in displays if each.IsA("vtkMRMLColorLegendDisplayNode")), None)


def legend_title(name: str) -> str:
    """Return the name of a map as a legend shows it: unit, and that it is incomplete, on lines of their own."""
    complete, cancelled, share = name.partition(CANCELLED)
    title, _, unit = complete.partition(" (")
    return "\n".join(filter(None, (title, unit.rstrip(")"), f"{cancelled}{share}".removeprefix(", "))))


def _place(legend: Any, volume: Any) -> None:
    former = legend_of(volume)
    if former is None:
        legend.SetTitleText(legend_title(volume.GetName()))
        legend.SetLabelFormat("%.2g")
        legend.SetSize(*SIZE)
        legend.SetPosition(*CORNER)
    else:
        legend.Copy(former)
        slicer.mrmlScene.RemoveNode(former)
    legend.SetName(f"{volume.GetName()} legend")
    legend = slicer.mrmlScene.AddNode(legend)
    legend.SetAndObserveColorNodeID(volume.GetDisplayNode().GetColorNodeID())
    colours = volume.GetDisplayNode().GetColorNode()
    if colours.GetAttribute(COLOURS_ATTRIBUTE) in (CURVE_TYPE_COLOURS, MODEL_COLOURS):
        legend.SetUseColorNamesForLabels(True)
        legend.SetLabelFormat("%s")
        legend.SetMaxNumberOfColors(colours.GetNumberOfColors())
        legend.SetNumberOfLabels(colours.GetNumberOfColors())
        if former is None:
            legend.SetSize(*WIDE_SIZE)
    volume.AddAndObserveDisplayNodeID(legend.GetID())
    legend.SetAndObservePrimaryDisplayNode(volume.GetDisplayNode())
    legend.SetVisibility(True)
    legend.Modified()


def _known(name: str) -> Any:
    nodes = slicer.util.getNodesByClass("vtkMRMLColorTableNode")
    return next((node for node in nodes if node.GetAttribute(COLOURS_ATTRIBUTE) == name), None)


def _added(name: str, named: list[tuple[str, Any]]) -> Any:
    node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLColorTableNode")
    node.UnRegister(None)
    node.SetName(name)
    node.SetAttribute(COLOURS_ATTRIBUTE, name)
    node.SetTypeToUser()
    node.SetNumberOfColors(len(named))
    for index, (word, colour) in enumerate(named):
        node.SetColor(index, word, *(float(part) for part in colour), 1.0 if word else 0.0)
    node.SetSaveWithScene(True)
    return slicer.mrmlScene.AddNode(node)
