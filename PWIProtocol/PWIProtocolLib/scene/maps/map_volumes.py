"""Maps as volumes: in one folder of the study, with colours, window, unit, and what they were made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.scene.subject_hierarchy import add_folder, put_into
from HeadNeckNodesLib.scene.volumes import add_volume

from PWIProtocolLib.kinetics import VoxelStatus
from PWIProtocolLib.roi import map_kind
from PWIProtocolLib.scene.maps.map_colours import OF_MAP, colour_table, hide_legends, show_legends, status_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.dynamic import DynamicFrames
    from PWIProtocolLib.mapping import MappedStudy

MAP_ATTRIBUTE = "PWIProtocol.Map"
STATUS, ANATOMY = "status", "anatomy"
MODALITY = "MR"
SHARE = "share"
UNITS = {"1": SHARE, "/min": "1/min", "mL/min/dL": "mL/min/100 mL", "mmol/L": "mM", "mmol/L.s": "mM s"}
"""Units for the eye; the node holds UCUM."""
UNIT_MEANINGS = {"1": "no units", "/min": "per minute", "s": "second", "mmol/L": "millimole per liter",
                 "mmol/L.s": "millimole per liter times second",
                 "mL/min/dL": "milliliter per minute and 100 milliliter"}  # fmt: skip
UPPER_PERCENT = 99.0
MAP_OPACITY = 0.7
FIXED_TOP = {"r2": 1.0}


@dataclass(frozen=True)
class MapVolumes:
    """The volumes of one fit (vtkMRMLScalarVolumeNode), the folder they are in, and the mean image behind them."""

    folder: int
    maps: dict[str, Any]
    status: Any
    anatomy: Any

    @property
    def all(self) -> tuple[Any, ...]:
        """All volumes."""
        return (self.anatomy, *self.maps.values(), self.status)


def add_maps(study: MappedStudy, beside: Any = None) -> MapVolumes:
    """Add all maps of a fit, a status map and the mean image after contrast, below one folder.

    Parameters
    ----------
    beside : node of the dynamic study; the folder comes where it is. None: below the scene.
    """
    dynamic = study.inputs.dynamic
    method = _method(study)
    scene = slicer.mrmlScene
    scene.StartState(scene.BatchProcessState)
    try:
        anatomy = add_anatomy(dynamic, study.baseline)
        named = study.named()
        shown = [name for name in OF_MAP if name in named]
        maps = {name: _add_map(name, study.on_grid(named[name]), study, method) for name in shown}
        status = _add_status(study, method)
        folder = add_folder(f"Maps of {dynamic.source}, {study.settings.model.replace('_', ' ')}", _place_of(beside))
        found = MapVolumes(folder, maps, status, anatomy)
        put_into(folder, found.all)
    finally:
        scene.EndState(scene.BatchProcessState)
    return found


def add_anatomy(dynamic: DynamicFrames, baseline: int) -> Any:
    """Add the mean image after contrast, to look at maps over it (vtkMRMLScalarVolumeNode)."""
    mean = dynamic.frames[baseline:].mean(axis=0, dtype=np.float64).astype(np.float32)
    node = add_volume(Image(mean, dynamic.geometry, MODALITY, dynamic.source), "DCE mean after contrast")
    node.SetAttribute(MAP_ATTRIBUTE, ANATOMY)
    return node


def show_map(volumes: MapVolumes, name: str) -> None:
    """Show a map over the mean image, which shines through all but the status, in all slice views, with its legend."""
    opacity = 1.0 if name == STATUS else MAP_OPACITY
    volume = volumes.status if name == STATUS else volumes.maps[name]
    slicer.util.setSliceViewerLayers(background=volumes.anatomy, foreground=volume, foregroundOpacity=opacity)
    hide_legends(each for each in volumes.maps.values() if each is not volume)
    if name != STATUS:
        show_legends([volume])


def map_name(name: str) -> str:
    """Return the name of a map with its unit, as users see it."""
    kind = map_kind(name)
    return f"{kind.title} ({UNITS.get(kind.unit, kind.unit)})"


def _place_of(node: Any) -> int | None:
    """Return the item of the subject hierarchy that a node is in; None for the scene."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = 0 if node is None else hierarchy.GetItemByDataNode(node)
    return int(hierarchy.GetItemParent(item)) if item else None


def _add_map(name: str, values: NDArray[Any], study: MappedStudy, method: str) -> Any:
    kind = map_kind(name)
    image = Image(values.astype(np.float32), study.inputs.dynamic.geometry, MODALITY, "")
    node = add_volume(image, map_name(name))
    node.SetAttribute(MAP_ATTRIBUTE, name)
    node.SetVoxelValueUnits(_coded(kind.unit, "UCUM", UNIT_MEANINGS.get(kind.unit, kind.unit)))
    node.SetDescription(f"{kind.title}; {method}; not a number where the status map says why")
    display = node.GetDisplayNode()
    display.AutoWindowLevelOff()
    display.SetWindowLevelMinMax(*_window(name, values))
    display.SetAndObserveColorNodeID(colour_table(OF_MAP[name]).GetID())
    return node


def _add_status(study: MappedStudy, method: str) -> Any:
    image = Image(study.on_grid(study.kinetic.status), study.inputs.dynamic.geometry, MODALITY, "")
    node = add_volume(image, "Status of the fit")
    node.SetAttribute(MAP_ATTRIBUTE, STATUS)
    node.SetVoxelValueUnits(_coded("1", "UCUM", "no units"))
    words = "; ".join(f"{int(each)}: {each.meaning}" for each in study.kinetic.counts())
    node.SetDescription(f"{method}. {words}")
    display = node.GetDisplayNode()
    display.AutoWindowLevelOff()
    display.SetWindowLevelMinMax(0, max(VoxelStatus))
    display.SetAndObserveColorNodeID(status_table().GetID())
    display.SetInterpolate(0)
    return node


def _window(name: str, values: NDArray[Any]) -> tuple[float, float]:
    """Return a window from zero, or from the lowest values where they are negative, to nearly the highest."""
    known = values[np.isfinite(values)]
    if name in FIXED_TOP or not known.size:
        return 0.0, FIXED_TOP.get(name, map_kind(name).bins_to)
    low, high = (float(each) for each in np.percentile(known, (100 - UPPER_PERCENT, UPPER_PERCENT)))
    low, high = min(low, 0.0), max(high, 0.0)
    return (low, high) if high > low else (low, low + 1.0)


def _method(study: MappedStudy) -> str:
    model = study.settings.model.replace("_", " ")
    parts = [f"{model} model", f"arterial curve: {study.arterial.words}", f"T1: {study.inputs.precontrast.words}"]
    if study.done < 1:
        parts.append(f"stopped when {study.done:.0%} of the voxels were fitted")
    return "; ".join(parts)


def _coded(value: str, scheme: str, meaning: str) -> Any:
    entry = slicer.vtkCodedEntry()
    entry.SetValueSchemeMeaning(value, scheme, meaning)
    return entry
