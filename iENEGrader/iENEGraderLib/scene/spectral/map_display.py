"""How maps look, and what they say of themselves: windows, units, what they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.scene.volumes import MODALITY_ATTRIBUTE, show_soft_tissue

from iENEGraderLib.measure.units import Unit
from iENEGraderLib.scene.spectral.map_legend import LEGENDS, colour_table, show_legends
from iENEGraderLib.spectral import MapKind
from iENEGraderLib.spectral.noise_reduced import LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.spectral import Blend

KEV_ATTRIBUTE = "HeadNeckNodes.EnergyKeV"
NON_CONTRAST_HU = (300.0, 30.0)
UNIT_MEANINGS = {Unit.HU: "Hounsfield unit", Unit.IODINE: "milligram per milliliter", "1": "no units"}


def describe_map(volume: Any, blend: Blend, inputs: Sequence[str]) -> None:
    """State what a volume holds: unit, energy, what it was made of and what to mind."""
    _set_attribute(volume, KEV_ATTRIBUTE, None if blend.kev is None else f"{blend.kev:g}")
    volume.SetVoxelValueUnits(_coded(blend.unit, "UCUM", UNIT_MEANINGS.get(blend.unit, blend.unit)))
    if blend.unit == Unit.HU:
        # What is smoothed is no CT for whoever measures HU.
        volume.SetAttribute(MODALITY_ATTRIBUTE, LABEL if blend.noise_reduced else "CT")
        volume.SetVoxelValueQuantity(_coded("112031", "DCM", "Attenuation Coefficient"))
    else:
        # Not CT: whoever measures HU must not take this map for it.
        volume.SetAttribute(MODALITY_ATTRIBUTE, blend.kind.value)
    told = [f"{blend.name}, computed from {' and '.join(inputs)}", *blend.warnings]
    if blend.kind in LEGENDS:
        told.append("0 in air, bone and metal, where this map does not hold")
    volume.SetDescription(". ".join(told))


def show_as_map(volume: Any, kind: MapKind) -> None:
    """Give a map its window and colours when it has none yet; a window that the user chose stays."""
    display = volume.GetDisplayNode()
    if display is None or not display.GetAutoWindowLevel():
        return
    look = LEGENDS.get(kind)
    if look is not None:
        display.AutoWindowLevelOff()
        display.SetWindowLevelMinMax(look.low, look.high)
        display.SetAndObserveColorNodeID(colour_table(look.scale).GetID())
        show_legends([volume])
    elif kind is MapKind.NON_CONTRAST:
        display.AutoWindowLevelOff()
        display.SetWindowLevel(*NON_CONTRAST_HU)
    else:
        show_soft_tissue(volume)


def _coded(value: str, scheme: str, meaning: str) -> Any:
    entry = slicer.vtkCodedEntry()
    entry.SetValueSchemeMeaning(value, scheme, meaning)
    return entry


def _set_attribute(node: Any, name: str, value: str | None) -> None:
    if value is None:
        node.RemoveAttribute(name)
    else:
        node.SetAttribute(name, value)
