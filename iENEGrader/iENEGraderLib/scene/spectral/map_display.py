"""How maps look: windows, colours, and the unit beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.scene.volumes import MODALITY_ATTRIBUTE, show_soft_tissue

from iENEGraderLib.measure.units import Unit
from iENEGraderLib.spectral import MapKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.spectral import Blend

KEV_ATTRIBUTE = "HeadNeckNodes.EnergyKeV"
COLOURS_ATTRIBUTE = "HeadNeckNodes.Colours"
LEVELS = 256
NON_CONTRAST_HU = (300.0, 30.0)


@dataclass(frozen=True)
class ColourScale:
    """Colours of a map; each step is brighter than the one before, so that it can be read without colours, too.

    Attributes
    ----------
    name : of the colour table.
    low, high : values at its ends, in the unit of the map.
    anchors : red, green, blue from 0 to 1 at even distances.
    title, label_format : of the legend.
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
        "iodine (mg/mL)", "%.1f",
    ),
    MapKind.FAT_FRACTION: ColourScale(
        "Fat", 0.0, 1.0,
        ((0.0, 0.0, 0.0), (0.1, 0.12, 0.45), (0.1, 0.4, 0.65), (0.35, 0.75, 0.65), (0.95, 1.0, 0.85)),
        "fat fraction", "%.2f",
    ),
}  # fmt: skip
UNIT_MEANINGS = {Unit.HU: "Hounsfield unit", Unit.IODINE: "milligram per milliliter", "1": "no units"}


def describe_map(volume: Any, blend: Blend, inputs: Sequence[str]) -> None:
    """State what a volume holds: unit, energy, what it was made of and what to mind."""
    _set_attribute(volume, KEV_ATTRIBUTE, None if blend.kev is None else f"{blend.kev:g}")
    volume.SetVoxelValueUnits(_coded(blend.unit, "UCUM", UNIT_MEANINGS.get(blend.unit, blend.unit)))
    if blend.unit == Unit.HU:
        volume.SetAttribute(MODALITY_ATTRIBUTE, "CT")
        volume.SetVoxelValueQuantity(_coded("112031", "DCM", "Attenuation Coefficient"))
    else:
        # Not CT: whoever measures HU must not take this map for it.
        volume.SetAttribute(MODALITY_ATTRIBUTE, blend.kind.value)
    told = [f"{blend.name}, computed from {' and '.join(inputs)}", *blend.warnings]
    if blend.kind in SCALES:
        told.append("0 in air, bone and metal, where this map does not hold")
    volume.SetDescription(". ".join(told))


def show_as_map(volume: Any, kind: MapKind) -> None:
    """Give a map its window and colours when it has none yet; a window that the user chose stays."""
    display = volume.GetDisplayNode()
    if display is None or not display.GetAutoWindowLevel():
        return
    scale = SCALES.get(kind)
    if scale is not None:
        display.AutoWindowLevelOff()
        display.SetWindowLevelMinMax(scale.low, scale.high)
        display.SetAndObserveColorNodeID(colour_table(scale).GetID())
        _add_legend(volume, scale)
    elif kind is MapKind.NON_CONTRAST:
        display.AutoWindowLevelOff()
        display.SetWindowLevel(*NON_CONTRAST_HU)
    else:
        show_soft_tissue(volume)


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


def _add_legend(volume: Any, scale: ColourScale) -> None:
    """Show colours with their unit in the corner; where the application has no legends, the name tells the unit."""
    if legend_of(volume) is not None:
        return
    legend = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLColorLegendDisplayNode", f"{volume.GetName()} legend")
    if legend is None:
        return
    legend.SetAndObserveColorNodeID(volume.GetDisplayNode().GetColorNodeID())
    legend.SetTitleText(scale.title)
    legend.SetLabelFormat(scale.label_format)
    volume.AddAndObserveDisplayNodeID(legend.GetID())


def _coded(value: str, scheme: str, meaning: str) -> Any:
    entry = slicer.vtkCodedEntry()
    entry.SetValueSchemeMeaning(value, scheme, meaning)
    return entry


def _set_attribute(node: Any, name: str, value: str | None) -> None:
    if value is None:
        node.RemoveAttribute(name)
    else:
        node.SetAttribute(name, value)
