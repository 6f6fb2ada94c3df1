"""Colours of maps, and the legend with name and unit in the corner of each view that shows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer

from PWIProtocolLib.kinetics import CurveType, VoxelStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Colour = tuple[float, float, float]

COLOURS_ATTRIBUTE = "PWIProtocol.Colours"
CANCELLED = ", cancelled at "
"""Follows the name of an incomplete map; the share of the voxels that were done comes behind it."""
LEVELS, FINE_LEVELS = 256, 4096
CORNER, SIZE, WIDE_SIZE = (0.98, 0.04), (0.1, 0.3), (0.3, 0.3)
"""Lower right, where a neck leaves room; shares of the view, from its lower left. Words need more width."""


@dataclass(frozen=True)
class ColourScale:
    """Colours of a map; all steps are equally brighter, so that it can be read without colours, too.

    Attributes
    ----------
    name : of the colour table.
    anchors : red, green, blue from 0 to 1, each brighter than the one before.
    """

    name: str
    anchors: tuple[Colour, ...]


FLOW = ColourScale("Perfusion flow", ((0.0, 0.0, 0.02), (0.32, 0.07, 0.43), (0.73, 0.21, 0.33), (0.98, 0.54, 0.04),
                                      (0.99, 1.0, 0.64)))  # fmt: skip
VOLUME = ColourScale("Perfusion volume", ((0.0, 0.0, 0.02), (0.18, 0.19, 0.42), (0.13, 0.44, 0.56), (0.21, 0.72, 0.47),
                                          (0.93, 0.98, 0.6)))  # fmt: skip
TIME = ColourScale("Perfusion time", ((0.0, 0.0, 0.02), (0.02, 0.22, 0.42), (0.3, 0.4, 0.45), (0.63, 0.61, 0.45),
                                      (1.0, 0.91, 0.35)))  # fmt: skip
OF_MAP = {
    "ktrans_per_min": FLOW, "fp_ml_100ml_min": FLOW, "ps_ml_100ml_min": FLOW, "kep_per_min": FLOW, "ve": VOLUME,
    "vp": VOLUME, "delay_s": TIME, "iauc60": FLOW, "iauc90": FLOW, "relative_enhancement": FLOW, "arrival_s": TIME,
    "time_to_peak_s": TIME, "wash_in_per_min": FLOW, "wash_out_per_min": FLOW, "t1_s": TIME, "r2": VOLUME,
    "residual_sd": VOLUME,
}  # fmt: skip
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
    colours = _evenly_lit(np.array(scale.anchors))
    return _known(scale.name) or _added(scale.name, [(f"{index}", colour) for index, colour in enumerate(colours)])


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


def _evenly_lit(anchors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return colours (n, 3) on the way through anchors at even steps of lightness (CIE 1976 L*)."""
    between = np.linspace(0.0, len(anchors) - 1.0, FINE_LEVELS)
    fine = np.stack([np.interp(between, np.arange(len(anchors)), channel) for channel in anchors.T], axis=1)
    linear = np.where(fine <= 0.04045, fine / 12.92, ((fine + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    lightness = np.where(luminance > 0.008856, 116.0 * np.cbrt(luminance) - 16.0, 903.3 * luminance)
    even = np.linspace(lightness[0], lightness[-1], LEVELS)
    return np.stack([np.interp(even, lightness, channel) for channel in fine.T], axis=1)


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
