"""Maps as volumes: in one folder of the study, with colours, window, unit, and what they were made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.scene.subject_hierarchy import add_folder, names_in, put_into
from HeadNeckNodesLib.scene.volumes import add_volume, geometry_of_volume

from PWIProtocolLib.mapping import MODEL_TITLES, SignalInputs, T1Source
from PWIProtocolLib.mapping import intervals as intervals_words
from PWIProtocolLib.mapping import model_comparison as comparison_words
from PWIProtocolLib.scene.maps.map_colours import (
    CANCELLED,
    OF_MAP,
    TYPE_WORDS,
    curve_type_table,
    hide_legends,
    model_table,
    show_legends,
    status_table,
)
from PWIProtocolLib.scene.maps.map_nodes import MAP_ATTRIBUTE, MODALITY, MapPlace, add_labels, add_numbers

if TYPE_CHECKING:
    from PWIProtocolLib.dynamic import DynamicFrames
    from PWIProtocolLib.mapping import BestModels, MapIntervals, MappedStudy

STATUS, ANATOMY, CURVE_TYPE, BEST_MODEL = "status", "anatomy", "curve_type", "best_model"
METHOD_ATTRIBUTE, INCOMPLETE_ATTRIBUTE = "PWIProtocol.Method", "PWIProtocol.Incomplete"
"""What a map was made with, in words that an export to DICOM knows; and that a fit was cancelled."""
HALF_WIDTH = "{}, half of the 95 % interval"
HALF_WIDTH_OF = "half_width_of_"
"""Stands before the name of a map in the name of its half width."""
MAP_OPACITY = 0.7


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


@dataclass(frozen=True, eq=False)
class MapExtras:
    """Maps that are made when they are asked for."""

    intervals: MapIntervals | None = None
    best: BestModels | None = None


def add_maps(
    study: MappedStudy, beside: Any = None, extras: MapExtras | None = None, title: str | None = None
) -> MapVolumes:
    """Add all maps of a fit, a status map and the mean image after contrast, below one folder.

    Parameters
    ----------
    beside : node of the dynamic study; the folder comes where it is. None: below the scene.
    title : names the fit in the name of the folder; None for study and model.
    """
    dynamic = study.inputs.dynamic
    place = MapPlace(dynamic.geometry, incomplete(study), _method(study))
    scene = slicer.mrmlScene
    scene.StartState(scene.BatchProcessState)
    try:
        anatomy = add_anatomy(dynamic, study.baseline)
        named = study.named()
        maps = {name: add_numbers(name, name, named[name], OF_MAP[name], place) for name in OF_MAP if name in named}
        for name, node in maps.items():
            node.SetAttribute(METHOD_ATTRIBUTE, _method_words(name, study))
        maps[CURVE_TYPE] = _add_curve_type(study, place)
        maps |= _add_extras(extras or MapExtras(), place)
        status = _add_status(study, place)
        folder = add_folder(f"Maps of {title or model_words(study) + place.suffix}", _place_of(beside))
        found = MapVolumes(folder, maps, status, anatomy)
        put_into(folder, found.all)
        if study.done < 1.0:
            for node in (*maps.values(), status):
                node.SetAttribute(INCOMPLETE_ATTRIBUTE, "1")
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
    """Show a map over the mean image, which shines through all but the status, in all slice views, with its legend.

    Views that showed another grid, or nothing, move to the maps; else they stay where the reader has them.
    """
    opacity = 1.0 if name == STATUS else MAP_OPACITY
    volume = volumes.status if name == STATUS else volumes.maps[name]
    slicer.util.setSliceViewerLayers(
        background=volumes.anatomy, foreground=volume, foregroundOpacity=opacity, fit=not _is_in_view(volumes.anatomy)
    )
    hide_legends(each for each in volumes.maps.values() if each is not volume)
    if name != STATUS:
        show_legends([volume])


def shown_map(volumes: MapVolumes) -> str:
    """Return which map a view shows over an image, with its legend made anew there; empty when none does."""
    views = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    shown = {view.GetForegroundVolumeID() for view in views}
    name = next((name for name, node in volumes.maps.items() if node.GetID() in shown), "")
    if name:
        show_legends([volumes.maps[name]])
    return STATUS if not name and volumes.status.GetID() in shown else name


def remove_maps(volumes: MapVolumes) -> None:
    """Take the volumes of a fit out of the scene, and their folder unless something else is in it."""
    for node in volumes.all:
        slicer.mrmlScene.RemoveNode(node)
    if not names_in(volumes.folder):
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
        hierarchy.RemoveItem(volumes.folder)


def _is_in_view(anatomy: Any) -> bool:
    """Tell whether a view shows an image on the grid of the maps already."""
    views = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    shown = [slicer.mrmlScene.GetNodeByID(view.GetBackgroundVolumeID() or "") for view in views]
    geometry = geometry_of_volume(anatomy)
    still = [node for node in shown if node is not None and node.GetImageData() is not None]
    return any(not node.GetParentTransformNode() and geometry_of_volume(node).matches(geometry) for node in still)


def incomplete(study: MappedStudy) -> str:
    """Return what follows the names of what an incomplete fit has brought; empty for a complete one."""
    return f"{CANCELLED}{percent_done(study.done)}" if study.done < 1.0 else ""


def model_words(study: MappedStudy) -> str:
    """Return the study and the model of a fit."""
    return f"{study.inputs.dynamic.source}, {study.settings.model.replace('_', ' ')}"


def percent_done(share: float) -> str:
    """Return the share of the voxels that were done in percent, never rounded up to all of them."""
    return f"{int(100.0 * share)} %"


def _place_of(node: Any) -> int | None:
    """Return the item of the subject hierarchy that a node is in; None for the scene."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = 0 if node is None else hierarchy.GetItemByDataNode(node)
    return int(hierarchy.GetItemParent(item)) if item else None


def _add_status(study: MappedStudy, place: MapPlace) -> Any:
    words = "; ".join(f"{int(each)}: {each.meaning}" for each in study.kinetic.counts())
    return add_labels(STATUS, "Status of the fit", study.kinetic.status, place, table=status_table(), description=words)


def _add_curve_type(study: MappedStudy, place: MapPlace) -> Any:
    words = f"Course after the initial peak: {'; '.join(TYPE_WORDS.values())}"
    words += "; 0: does not enhance, or the study is too short to tell"
    return add_labels(
        CURVE_TYPE, "curve type", study.described.curve_type, place, table=curve_type_table(), description=words
    )


def _add_extras(extras: MapExtras, place: MapPlace) -> dict[str, Any]:
    found = {}
    if extras.intervals is not None:
        about = MapPlace(place.geometry, place.suffix, f"{place.method}. {intervals_words.MEANING}")
        for name, values in extras.intervals.half_widths.items():
            key = HALF_WIDTH_OF + name
            found[key] = add_numbers(key, name, values, OF_MAP[name], about, title=HALF_WIDTH)
    if extras.best is not None:
        table = model_table([MODEL_TITLES[model].removesuffix(" model") for model in extras.best.models])
        words = comparison_words.MEANING.removesuffix(".")
        found[BEST_MODEL] = add_labels(
            BEST_MODEL, "best model", extras.best.labels, place, table=table, description=words
        )
    return found


def _method_words(name: str, study: MappedStudy) -> str:
    """Return what a map was made with as words of the table of DICOM codes; a description of curves needs none."""
    source = study.inputs.precontrast.source
    t1 = "" if source is T1Source.NOT_NEEDED else f"t1_{source}"
    if name == "t1_s":
        return t1
    if name not in study.kinetic.named():
        return ""
    return f"model_{study.settings.model} aif_{study.arterial.source} {t1}".rstrip()


def _method(study: MappedStudy) -> str:
    model, inputs = study.settings.model.replace("_", " "), study.inputs
    parts = [f"{model} model", f"arterial curve: {study.arterial.words}", f"T1: {inputs.precontrast.words}"]
    if isinstance(inputs, SignalInputs) and inputs.b1 is not None:
        parts.append(f"B1: {inputs.b1.words}")
    if study.done < 1.0:
        share = percent_done(study.done)
        parts.append(f"incomplete: cancelled when {share} of the voxels were done; the others have no value")
    return "; ".join(parts)
