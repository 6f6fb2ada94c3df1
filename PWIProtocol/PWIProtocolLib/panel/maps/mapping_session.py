"""The dynamic study that is fitted, and its last fit. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import image_of_volume

from PWIProtocolLib.dynamic import dynamic_from_dicom, flip_angles_from_dicom, read_dynamic, read_flip_angles
from PWIProtocolLib.dynamic.read import NRRD_SUFFIXES
from PWIProtocolLib.mapping import (
    MappingInputs,
    arterial_detected,
    arterial_of_file,
    arterial_of_population,
    arterial_of_voxels,
    baseline_of,
    map_study,
    t1_of_angles,
    t1_of_map,
    t1_of_number,
)
from PWIProtocolLib.panel.maps.fit_choices import AifChoice, T1Choice
from PWIProtocolLib.protocol.study import ReadingCancelledError, read_study
from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_of_node
from PWIProtocolLib.scene.maps.map_volumes import MapVolumes, add_maps
from PWIProtocolLib.scene.maps.region_masks import mask_of, scene_segments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from PWIProtocolLib.dynamic import DynamicFrames, FlipAngleFrames
    from PWIProtocolLib.mapping import Arterial, MappedStudy, Precontrast
    from PWIProtocolLib.panel.maps.fit_choices import FitChoices

    Progress = Callable[[int, int], bool]

STEPS = 1000
NO_STUDY = "no dynamic study was read: choose a folder, a file or a sequence of the scene, and press Read"
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


class MappingSession:
    """Reads a study and fits it; what was read and fitted before stays until the next time has succeeded."""

    def __init__(self) -> None:
        self._read: ReadStudy | None = None
        self.study: MappedStudy | None = None
        self.volumes: MapVolumes | None = None

    @property
    def read(self) -> ReadStudy | None:
        """What was read; None before."""
        return self._read

    def read_path(self, path: str, progress: Progress) -> None:
        """Read a folder of DICOM files, or an NRRD file; see `read_files`."""
        if not path:
            raise InputError(NO_STUDY)
        if path.lower().endswith(NRRD_SUFFIXES):
            self._read = ReadStudy(read_dynamic(path))
        else:
            self.read_files([Path(path).expanduser()], progress)

    def read_files(self, paths: Sequence[Path], progress: Progress) -> None:
        """Read a study of DICOM files.

        Parameters
        ----------
        paths : its folder or files.

        Raises
        ------
        InputError
            When there is no dynamic study, or more than one.
        ReadingCancelledError
            When `progress` returned False.
        """
        study = read_study(paths, progress)
        if len(study.dynamics) != 1:
            labels = "; ".join(each.label for each in study.dynamics)
            what = (
                f"{len(study.dynamics)} dynamic series ({labels})" if labels else "no dynamic contrast-enhanced series"
            )
            raise InputError(f"{study.label}: holds {what}; choose the folder of one")
        sets = study.flip_angle_sets
        angles = flip_angles_from_dicom(sets[0], progress) if len(sets) == 1 else None
        self._read = ReadStudy(dynamic_from_dicom(study.dynamics[0], progress), angles)

    def read_node(self, node: Any) -> None:
        """Take a dynamic study of the scene; InputError when it does not say its times."""
        self._read = ReadStudy(dynamic_of_node(node), None, node)

    def inputs(self, choices: FitChoices) -> MappingInputs:
        """Return the data of a fit; InputError names what is missing."""
        read = self._needed()
        return MappingInputs(read.dynamic, *choices.needed(), self._precontrast(choices))

    def arterial(self, choices: FitChoices, inputs: MappingInputs, baseline: int) -> Arterial:
        """Return the arterial curve that was chosen; InputError when there is none."""
        chosen, settings = choices.arterial, choices.settings()
        if chosen.choice == AifChoice.FILE:
            if not chosen.path:
                raise InputError("arterial curve: choose its CSV file")
            found = arterial_of_file(Path(chosen.path), settings)
        elif chosen.choice == AifChoice.SEGMENT:
            mask, words = self._artery(chosen.segment)
            found = arterial_of_voxels(mask, words, settings, inputs, baseline)
        elif chosen.choice == AifChoice.FOUND:
            found = arterial_detected(settings, inputs, baseline)
        else:
            found = arterial_of_population(chosen.choice, settings, inputs, baseline, chosen.onset_s)
        found = found.scaled(chosen.scale)
        return found if chosen.resolved else found.as_sampled()

    def fit(self, choices: FitChoices, progress: Progress) -> None:
        """Fit all voxels and add the maps to the scene; of a fit that is stopped those that were done.

        Raises
        ------
        InputError
            When something is missing, or cannot be meant; the scene is unchanged.
        ReadingCancelledError
            When it was stopped before the first voxels were done, or the scene was closed.
        """
        read, inputs, settings = self._needed(), self.inputs(choices), choices.settings()
        baseline = baseline_of(settings, inputs)
        arterial = self.arterial(choices, inputs, baseline)
        if not progress(0, STEPS):
            raise ReadingCancelledError
        study = map_study(settings, inputs, arterial, baseline, lambda share: progress(round(share * STEPS), STEPS))
        if study.done == 0.0 or self._read is not read:  # the scene may have been closed meanwhile
            raise ReadingCancelledError
        self.volumes = add_maps(study, read.node)
        self.study = study

    def forget(self) -> None:
        """Let go of everything: the scene is being closed."""
        self._read = self.study = self.volumes = None

    def forget_removed(self) -> None:
        """Let go of maps that are no longer in the scene."""
        if self.volumes is not None and not all(map(slicer.mrmlScene.IsNodePresent, self.volumes.all)):
            self.study = self.volumes = None
        if self._read is not None and self._read.node is not None and not _is_present(self._read.node):
            self._read = None

    def _needed(self) -> ReadStudy:
        if self._read is None:
            raise InputError(NO_STUDY)
        return self._read

    def _precontrast(self, choices: FitChoices) -> Precontrast:
        read, t1 = self._needed(), choices.t1
        geometry = read.dynamic.geometry
        if t1.choice is T1Choice.NUMBER:
            if t1.t1_s is None:
                raise InputError(NO_T1)
            return t1_of_number(t1.t1_s)
        if t1.choice is T1Choice.MAP:
            node = slicer.mrmlScene.GetNodeByID(t1.map_id) if t1.map_id else None
            if node is None:
                raise InputError("T1 map: choose a volume of the scene")
            return t1_of_map(image_of_volume(node), t1.seconds_per_unit, geometry)
        angles = read.angles if t1.choice is T1Choice.STUDY_ANGLES else _angles_at(t1.angles_path)
        if angles is None:
            raise InputError(NO_T1)
        repetition_time_s = angles.repetition_time_s or choices.repetition_time_s
        if repetition_time_s is None:
            raise InputError(f"{angles.source}: its repetition time is not stated; enter it, in ms")
        return t1_of_angles(angles, repetition_time_s, geometry)

    def _artery(self, key: str) -> tuple[NDArray[np.bool_], str]:
        segment = next((each for each in scene_segments() if each.key == key), None)
        if segment is None:
            raise InputError("arterial curve: choose the segment of the artery")
        return mask_of(segment, self._needed().dynamic.geometry), f"segment {segment.name}"


def _angles_at(path: str) -> FlipAngleFrames:
    if not path:
        raise InputError("flip angles: choose the folder of the images, or their file")
    return read_flip_angles(path)


def _is_present(node: Any) -> bool:
    return bool(slicer.mrmlScene.IsNodePresent(node))
