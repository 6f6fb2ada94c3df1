"""Maps of a fit from the volumes that hold them, after a scene was loaded."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer

from PWIProtocolLib.kinetics import KineticMaps, SemiquantitativeMaps
from PWIProtocolLib.kinetics.semiquantitative import CurveStatus
from PWIProtocolLib.mapping import BestModels, MapIntervals
from PWIProtocolLib.scene.maps.map_volumes import BEST_MODEL, CURVE_TYPE, HALF_WIDTH_OF, MapExtras

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics import Model
    from PWIProtocolLib.scene.maps.map_volumes import MapVolumes


def kinetic_of_volumes(volumes: MapVolumes, model: Model) -> KineticMaps:
    """Return the maps of a model, flat."""
    status = _flat(volumes.status)
    unknown = np.full(status.size, np.nan, np.float32)  # a map that the user has deleted
    named = {"r2": unknown, "residual_sd": unknown}
    named |= {each.name: _flat(volumes.maps[each.name]) for each in fields(KineticMaps) if each.name in volumes.maps}
    return KineticMaps(model=model, status=status, **named)


def described_of_volumes(volumes: MapVolumes) -> SemiquantitativeMaps:
    """Return the maps of the curves, flat; what no volume holds has no value."""
    count = _flat(volumes.status).size
    named = {
        each.name: _flat(volumes.maps[each.name]) if each.name in volumes.maps else np.full(count, np.nan, np.float32)
        for each in fields(SemiquantitativeMaps)
        if each.name not in ("status", CURVE_TYPE)
    }
    types = _flat(volumes.maps[CURVE_TYPE]) if CURVE_TYPE in volumes.maps else np.zeros(count, np.uint8)
    measured = np.isfinite(named["time_to_peak_s"])
    status = np.where(measured, CurveStatus.MEASURED, CurveStatus.NOT_ENHANCING).astype(np.uint8)
    return SemiquantitativeMaps(**named, curve_type=types, status=status)


def extras_of_volumes(volumes: MapVolumes, models: tuple[Model, ...]) -> MapExtras:
    """Return half widths and best models; None for what was not asked for, or deleted.

    Parameters
    ----------
    models : those that were compared.
    """
    widths = {
        name.removeprefix(HALF_WIDTH_OF): _flat(node)
        for name, node in volumes.maps.items()
        if name.startswith(HALF_WIDTH_OF)
    }
    best = BestModels(models, _flat(volumes.maps[BEST_MODEL])) if BEST_MODEL in volumes.maps else None
    return MapExtras(MapIntervals(widths) if widths else None, best)


def folder_of(node: Any) -> int:
    """Return the folder of the subject hierarchy that a node is in."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    return int(hierarchy.GetItemParent(hierarchy.GetItemByDataNode(node)))


def _flat(node: Any) -> NDArray[Any]:
    values: NDArray[Any] = slicer.util.arrayFromVolume(node).reshape(-1).copy()
    return values
