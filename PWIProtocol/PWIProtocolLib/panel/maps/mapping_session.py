"""The dynamic study that is fitted, and its fits. No Qt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.dynamic import dynamic_from_dicom, flip_angles_from_dicom, read_dynamic
from PWIProtocolLib.dynamic.read import NRRD_SUFFIXES
from PWIProtocolLib.mapping import baseline_of, compare_on, map_intervals, map_study
from PWIProtocolLib.panel.maps.fit_choices import COMPARED, PlaceKind
from PWIProtocolLib.panel.maps.fit_inputs import ReadStudy, arterial_of, inputs_of
from PWIProtocolLib.panel.maps.kept_fit import KeptFit, keep, kept_in, title_of, with_data, with_regions
from PWIProtocolLib.protocol.study import ReadingCancelledError, read_study
from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_of_node
from PWIProtocolLib.scene.maps.fit_node import fit_nodes
from PWIProtocolLib.scene.maps.map_volumes import MapExtras, MapVolumes, add_maps, remove_maps
from PWIProtocolLib.scene.maps.region_table import remove_region_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PWIProtocolLib.mapping import Arterial, MappedStudy, MappingInputs
    from PWIProtocolLib.panel.maps.fit_choices import FitChoices, StudyPlace
    from PWIProtocolLib.panel.maps.fit_record import RegionRecord

    Progress = Callable[[int, int], bool]
    Share = Callable[[float], bool]

STEPS = 1000
SHORT, LONG = 1, 9
"""The arterial curve is found in a fraction of the time that the voxels take."""
NO_STUDY = "no dynamic study was read: choose a folder, a file or a sequence of the scene, and press Read"
NO_FIT = "there are no maps yet: fit first"


class MappingSession:
    """Reads a study and fits it; what was read and fitted before stays until the next time has succeeded.

    Attributes
    ----------
    fit : the fit that is looked at; None without one.
    problem : why a fit of the scene cannot be shown; empty when all can.
    lacks_extras : whether the last fit was stopped before all maps that were asked for beside were made.
    """

    def __init__(self) -> None:
        self._read: ReadStudy | None = None
        self.fit: KeptFit | None = None
        self.problem = ""
        self.lacks_extras = False

    @property
    def read(self) -> ReadStudy | None:
        """What was read; None before."""
        return self._read

    @property
    def study(self) -> MappedStudy | None:
        """The fit with its data; None without a fit, and after loading until its data are read again."""
        return None if self.fit is None else self.fit.study

    @property
    def volumes(self) -> MapVolumes | None:
        """The volumes of the fit; None without one."""
        return None if self.fit is None else self.fit.volumes

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
        return inputs_of(self._needed(), choices)

    def arterial(self, choices: FitChoices, progress: Progress) -> Arterial:
        """Return the arterial curve that was chosen, without a fit; see `arterial_of`."""
        inputs = self.inputs(choices)
        baseline = baseline_of(choices.settings(), inputs)
        return arterial_of(self._needed(), choices, inputs, baseline, _Run(progress, (1,)).part(0))

    def fit_all(self, place: StudyPlace, choices: FitChoices, progress: Progress) -> None:
        """Fit all voxels and add the maps to the scene; of a fit that is stopped those that were done.

        Parameters
        ----------
        place : where the study that was read is.

        Raises
        ------
        InputError
            When something is missing, or cannot be meant; the scene is unchanged.
        ReadingCancelledError
            When it was stopped before the first voxels were done, or the scene was closed.
        """
        run = _Run(progress, (SHORT, LONG, *(LONG,) * (choices.with_intervals + choices.with_comparison)))
        run.begin()
        read, inputs, settings = self._needed(), self.inputs(choices), choices.settings()
        baseline = baseline_of(settings, inputs)
        arterial = arterial_of(read, choices, inputs, baseline, run.part(0))
        run.begin(1)
        study = map_study(settings, inputs, arterial, baseline, run.part(1))
        extras = _extras(study, choices, run)
        if study.done == 0.0 or self._read is not read:  # the scene may have been closed meanwhile
            raise ReadingCancelledError
        self.lacks_extras = run.is_stopped and study.done == 1.0
        self._drop_incomplete(place, choices)
        title = title_of(study, choices)
        self.fit = keep(study, add_maps(study, read.node, extras, title), place, choices, title)

    def look_at(self, node: Any) -> None:
        """Show the fit that a node holds; InputError when it cannot be read."""
        if self.fit is None or self.fit.node is not node:
            self.fit = kept_in(node)

    def bring_data(self, read_again: Callable[[StudyPlace], None]) -> MappedStudy:
        """Return the fit with its data; those of a fit that was loaded are read again.

        Parameters
        ----------
        read_again : reads the study at a place with this session.

        Raises
        ------
        InputError
            When there is no fit, or something that it was made of is missing.
        """
        if self.fit is None:
            raise InputError(NO_FIT)
        if self.fit.study is None:
            fit, before = self.fit, self._read
            if before is None or not self._is_of(before, fit.record.place):
                read_again(fit.record.place)
            self.fit, self._read = with_data(fit, self._needed()), before or self._read
        if self.fit.study is None:
            raise InputError(NO_FIT)
        return self.fit.study

    def keep_regions(self, regions: Sequence[RegionRecord]) -> None:
        """Keep values of regions with the fit."""
        if self.fit is not None:
            self.fit = with_regions(self.fit, tuple(regions))

    def forget(self) -> None:
        """Let go of everything: the scene is being closed."""
        self._read = self.fit = None
        self.problem = ""

    def follow_scene(self) -> None:
        """Let go of what is no longer in the scene, and take up the last fit of a scene that was loaded."""
        if self.fit is not None:
            self.fit = self.fit.without_removed() if self.fit.is_present else None
        if self._read is not None and self._read.node is not None and not _is_present(self._read.node):
            self._read = None
        self.problem = ""
        for node in reversed(fit_nodes()):
            if self.fit is None:
                try:
                    self.fit = kept_in(node)
                except InputError as error:
                    self.problem = str(error)

    def _needed(self) -> ReadStudy:
        if self._read is None:
            raise InputError(NO_STUDY)
        return self._read

    def _is_of(self, read: ReadStudy, place: StudyPlace) -> bool:
        node_id = "" if read.node is None else read.node.GetID()
        return place.kind is PlaceKind.NODE and node_id == place.node_id

    def _drop_incomplete(self, place: StudyPlace, choices: FitChoices) -> None:
        """Take the maps of the same fit out that was cancelled before: the new ones hold all of them."""
        former = self.fit
        if former is None or former.record.done == 1.0 or former.record.place != place:
            return
        if replace(former.record.choices, baseline=choices.baseline) == choices:
            remove_region_table(former.node)
            slicer.mrmlScene.RemoveNode(former.node)
            remove_maps(former.volumes)


class _Run:
    """Progress of work in several parts, and whether it was stopped.

    Parameters
    ----------
    lengths : how long each part takes, about.
    """

    def __init__(self, progress: Progress, lengths: tuple[int, ...]) -> None:
        self._progress = progress
        self._lengths = lengths
        self.is_stopped = False

    def begin(self, number: int = 0) -> None:
        """Show that a part begins; ReadingCancelledError when the work is stopped already."""
        if not self.part(number)(0.0):
            raise ReadingCancelledError

    def part(self, number: int) -> Share:
        """Return the progress of one part, as the share of it that is done."""
        before, length = sum(self._lengths[:number]), self._lengths[number]

        def goes_on(share: float) -> bool:
            self.is_stopped = not self._progress(round((before + share * length) * STEPS), sum(self._lengths) * STEPS)
            return not self.is_stopped

        return goes_on


def _extras(study: MappedStudy, choices: FitChoices, run: _Run) -> MapExtras:
    """Return the maps that were asked for beside; those during which the work was stopped are not made."""
    extras = MapExtras()
    if choices.with_intervals and not run.is_stopped:
        intervals = map_intervals(study, run.part(2))
        extras = extras if run.is_stopped else replace(extras, intervals=intervals)
    if choices.with_comparison and not run.is_stopped:
        best = compare_on(study, COMPARED, run.part(2 + choices.with_intervals))
        extras = extras if run.is_stopped else replace(extras, best=best)
    return extras


def _is_present(node: Any) -> bool:
    return bool(slicer.mrmlScene.IsNodePresent(node))
