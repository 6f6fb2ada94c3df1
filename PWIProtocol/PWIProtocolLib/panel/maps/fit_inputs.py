"""The data of a fit, as they were chosen: frames, T1 before contrast, B1, the arterial curve. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import image_of_volume

from PWIProtocolLib.dynamic import read_flip_angles
from PWIProtocolLib.kinetics.aif_detection import InputKind
from PWIProtocolLib.mapping import (
    ConcentrationInputs,
    SignalInputs,
    arterial_detected,
    arterial_of_file,
    arterial_of_population,
    arterial_of_rows,
    arterial_of_voxels,
    b1_of_map,
    t1_of_angles,
    t1_of_map,
    t1_of_number,
)
from PWIProtocolLib.mapping.aif_editing import edited
from PWIProtocolLib.panel.maps.fit_choices import AifChoice, T1Choice
from PWIProtocolLib.scene.maps.aif_table import rows_of_table
from PWIProtocolLib.scene.maps.angle_volumes import angle_frames
from PWIProtocolLib.scene.maps.region_masks import mask_of, scene_segments

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from PWIProtocolLib.dynamic import DynamicFrames, FlipAngleFrames
    from PWIProtocolLib.mapping import Arterial, B1Map, MappingInputs, MappingSettings, Precontrast
    from PWIProtocolLib.panel.maps.fit_choices import FitChoices, T1Settings

    Share = Callable[[float], bool]

NO_T1 = (
    "T1 before contrast is not known: enter one number in s, choose a T1 map of the scene, or images at several flip "
    "angles"
)


@dataclass(frozen=True, eq=False)
class ReadStudy:
    """A dynamic study that was read: its frames, the flip angles that came with it, and its node in the scene."""

    dynamic: DynamicFrames
    angles: FlipAngleFrames | None = None
    node: Any = None


def inputs_of(read: ReadStudy, choices: FitChoices) -> MappingInputs:
    """Return the data of a fit; InputError names what is missing."""
    if choices.holds is InputKind.CONCENTRATION:
        return ConcentrationInputs(read.dynamic)
    b1 = _b1(read, choices.b1_id)
    return SignalInputs(read.dynamic, *choices.needed(read.dynamic), _precontrast(read, choices, b1), b1)


def arterial_of(
    read: ReadStudy, choices: FitChoices, inputs: MappingInputs, baseline: int, progress: Share | None = None
) -> Arterial:
    """Return the arterial curve that was chosen.

    Parameters
    ----------
    progress : called with the share of a search that is done.

    Raises
    ------
    InputError
        When there is none.
    ReadingCancelledError
        When `progress` returned False.
    """
    chosen, settings = choices.arterial, choices.settings()
    if chosen.choice == AifChoice.FILE:
        if not chosen.path:
            raise InputError("arterial curve: choose its CSV file")
        found = arterial_of_file(Path(chosen.path), settings)
    elif chosen.choice == AifChoice.TABLE:
        found = _of_table(chosen.table_id, settings)
    elif chosen.choice == AifChoice.SEGMENT:
        mask, words = _artery(chosen.segment, read.dynamic.geometry)
        found = arterial_of_voxels(mask, words, settings, inputs, baseline)
    elif chosen.choice == AifChoice.FOUND:
        found = arterial_detected(settings, inputs, baseline)
    else:
        found = arterial_of_population(chosen.choice, settings, inputs, baseline, chosen.onset_s, progress=progress)
    return edited(found, chosen.edits)


def _of_table(node_id: str, settings: MappingSettings) -> Arterial:
    node = slicer.mrmlScene.GetNodeByID(node_id) if node_id else None
    if node is None:
        raise InputError("arterial curve: choose a table of the scene")
    return arterial_of_rows(rows_of_table(node), f"table {node.GetName()}", settings)


def _artery(key: str, geometry: ImageGeometry) -> tuple[NDArray[np.bool_], str]:
    """Return the voxels of a segment of the scene, and the words that name it."""
    segment = next((each for each in scene_segments() if each.key == key), None)
    if segment is None:
        raise InputError("arterial curve: choose the segment of the artery")
    placed = mask_of(segment, geometry)
    return placed.mask, f"segment {placed.words or segment.name}"


def _b1(read: ReadStudy, node_id: str) -> B1Map | None:
    if not node_id:
        return None
    node = slicer.mrmlScene.GetNodeByID(node_id)
    if node is None:
        raise InputError("B1 map: its volume is not in the scene; load it, or choose none")
    return b1_of_map(image_of_volume(node), read.dynamic.geometry)


def _precontrast(read: ReadStudy, choices: FitChoices, b1: B1Map | None) -> Precontrast:
    t1, geometry = choices.t1, read.dynamic.geometry
    if t1.choice is T1Choice.NUMBER:
        if t1.t1_s is None:
            raise InputError(NO_T1)
        return t1_of_number(t1.t1_s)
    if t1.choice is T1Choice.MAP:
        node = slicer.mrmlScene.GetNodeByID(t1.map_id) if t1.map_id else None
        if node is None:
            raise InputError("T1 map: choose a volume of the scene")
        return t1_of_map(image_of_volume(node), t1.seconds_per_unit, geometry)
    angles = _angles(read, t1)
    repetition_time_s = angles.repetition_time_s
    if repetition_time_s is None and t1.choice is not T1Choice.VOLUMES:
        repetition_time_s = choices.repetition_time_s
    if repetition_time_s is None:
        raise InputError(f"flip angles ({angles.source}): their repetition time is not stated; enter it, in ms")
    return t1_of_angles(angles, repetition_time_s, geometry, b1)


def _angles(read: ReadStudy, t1: T1Settings) -> FlipAngleFrames:
    if t1.choice is T1Choice.VOLUMES:
        scene = slicer.mrmlScene
        nodes = [(scene.GetNodeByID(each.node_id), each.flip_angle_deg) for each in t1.volumes]
        if any(node is None for node, _angle in nodes):
            raise InputError("flip angles: a volume that was chosen is not in the scene; choose anew")
        return angle_frames(nodes, t1.angles_repetition_time_s)
    if t1.choice is T1Choice.STUDY_ANGLES:
        if read.angles is None:
            raise InputError(NO_T1)
        return read.angles
    if not t1.angles_path:
        raise InputError("flip angles: choose the folder of the images, or their file")
    return read_flip_angles(t1.angles_path)
