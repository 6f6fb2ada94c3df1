"""Volume nodes of maps: numbers with a unit and a window, or labels that stand for words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.scene.volumes import add_volume

from PWIProtocolLib.roi import map_kind
from PWIProtocolLib.scene.maps.map_colours import colour_table

if TYPE_CHECKING:
    from HeadNeckNodesLib.drawing.map_colours import ColourScale
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

MAP_ATTRIBUTE = "PWIProtocol.Map"
MODALITY = "MR"
UNITS = {"1": "share", "/min": "1/min", "mL/min/dL": "mL/min/100 mL", "mmol/L": "mM", "mmol/L.s": "mM s"}
"""Units for the eye; the node holds UCUM."""
UNIT_MEANINGS = {"1": "no units", "/min": "per minute", "s": "second", "mmol/L": "millimole per liter",
                 "mmol/L.s": "millimole per liter times second",
                 "mL/min/dL": "milliliter per minute and 100 milliliter"}  # fmt: skip
UPPER_PERCENT = 99.0
FIXED_TOP = {"r2": 1.0}


@dataclass(frozen=True)
class MapPlace:
    """What all maps of one fit share: their grid, what follows their names, and how they were made."""

    geometry: ImageGeometry
    suffix: str
    method: str


def map_name(name: str, title: str = "{}") -> str:
    """Return the name of a map with its unit, as users see it.

    Parameters
    ----------
    title : holds a pair of braces in the place of the name of the map, for what is made of it.
    """
    return f"{title.format(map_kind(name).title)} ({unit_words(name)})"


def unit_words(name: str) -> str:
    """Return the unit of a map, as users see it."""
    unit = map_kind(name).unit
    return UNITS.get(unit, unit)


def add_numbers(
    attribute: str, name: str, values: NDArray[Any], scale: ColourScale, place: MapPlace, *, title: str = "{}"
) -> Any:
    """Add a map of numbers (vtkMRMLScalarVolumeNode).

    Parameters
    ----------
    attribute : names it among the maps of its fit.
    name : of the map whose unit it has.
    values : flat.
    title : as for `map_name`.
    """
    kind = map_kind(name)
    image = Image(values.reshape(place.geometry.array_shape).astype(np.float32), place.geometry, MODALITY, "")
    node = add_volume(image, map_name(name, title) + place.suffix)
    node.SetAttribute(MAP_ATTRIBUTE, attribute)
    node.SetVoxelValueUnits(_coded(kind.unit, "UCUM", UNIT_MEANINGS.get(kind.unit, kind.unit)))
    words = "not a number where the status map says why"
    node.SetDescription(f"{title.format(kind.title)}; {place.method}; {words}")
    display = node.GetDisplayNode()
    display.AutoWindowLevelOff()
    display.SetWindowLevelMinMax(*_window(attribute, name, values))
    display.SetAndObserveColorNodeID(colour_table(scale).GetID())
    return node


def add_labels(
    attribute: str, title: str, values: NDArray[Any], place: MapPlace, *, table: Any, description: str
) -> Any:
    """Add a map of whole numbers that stand for words (vtkMRMLScalarVolumeNode).

    Parameters
    ----------
    attribute : names it among the maps of its fit.
    values : flat.
    table : colours with the words (vtkMRMLColorTableNode).
    """
    image = Image(values.reshape(place.geometry.array_shape), place.geometry, MODALITY, "")
    node = add_volume(image, title + place.suffix)
    node.SetAttribute(MAP_ATTRIBUTE, attribute)
    node.SetVoxelValueUnits(_coded("1", "UCUM", "no units"))
    node.SetDescription(f"{description}. {place.method}")
    display = node.GetDisplayNode()
    display.AutoWindowLevelOff()
    display.SetWindowLevelMinMax(0, table.GetNumberOfColors() - 1)
    display.SetAndObserveColorNodeID(table.GetID())
    display.SetInterpolate(0)
    return node


def _window(attribute: str, name: str, values: NDArray[Any]) -> tuple[float, float]:
    """Return a window from zero, or from the lowest values where they are negative, to nearly the highest."""
    known = values[np.isfinite(values)]
    if attribute in FIXED_TOP or not known.size:
        return 0.0, FIXED_TOP.get(attribute, map_kind(name).bins_to)
    low, high = (float(each) for each in np.percentile(known, (100 - UPPER_PERCENT, UPPER_PERCENT)))
    # Few digits, which a scene file holds exactly: a legend that begins at 0 does so after loading, too.
    low, high = (float(f"{each:.3g}") for each in (min(low, 0.0), max(high, 0.0)))
    return (low, high) if high > low else (low, low + 1.0)


def _coded(value: str, scheme: str, meaning: str) -> Any:
    entry = slicer.vtkCodedEntry()
    entry.SetValueSchemeMeaning(value, scheme, meaning)
    return entry
