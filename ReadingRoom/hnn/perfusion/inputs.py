"""Everything that a fit needs from files: frames with times, T1 before contrast, regions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.read import read_image
from HeadNeckNodesLib.imaging.read_segmentation import read_segmentation
from PWIProtocolLib.dynamic import dynamic_from_dicom, flip_angles_from_dicom, read_dynamic, read_flip_angles
from PWIProtocolLib.dynamic.read import NRRD_SUFFIXES
from PWIProtocolLib.kinetics.aif_detection import InputKind
from PWIProtocolLib.mapping import (
    ConcentrationInputs,
    SignalInputs,
    b1_of_map,
    segments_on,
    t1_of_angles,
    t1_of_map,
    t1_of_number,
)
from PWIProtocolLib.protocol.checker import check_study
from PWIProtocolLib.protocol.study import read_study

from hnn.perfusion.frame_times import read_frame_times
from hnn.perfusion.settings import T1_FACTORS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from HeadNeckNodesLib.imaging.image import Image
    from PWIProtocolLib.dynamic import DynamicFrames, FlipAngleFrames
    from PWIProtocolLib.mapping import B1Map, MappingInputs, PlacedSegments, Precontrast
    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.study import Study

    from hnn.perfusion.settings import FitSettings

    Progress = Callable[[int, int], bool]
    Tell = Callable[[str], Progress | None]


OPTIONS = {"repetition time": "--tr in seconds", "flip angle": "--flip-angle in degrees"}
WITHOUT_TIMES = (".nii", ".nii.gz", ".mha", ".mhd")


@dataclass(frozen=True, eq=False)
class FitInputs:
    """What was read.

    Attributes
    ----------
    mapping : data of the fit.
    regions : segments on the grid of the dynamic study; None without.
    check : the protocol check of a DICOM study.
    sources : DICOM files behind the maps; empty for NRRD.
    """

    mapping: MappingInputs
    regions: PlacedSegments | None
    check: ProtocolCheck | None
    sources: tuple[Path, ...]


@dataclass(frozen=True, eq=False)
class _Read:
    """The dynamic study, with what else came with it."""

    dynamic: DynamicFrames
    angles: FlipAngleFrames | None = None
    check: ProtocolCheck | None = None
    sources: tuple[Path, ...] = ()


def read_inputs(settings: FitSettings, tell: Tell) -> FitInputs:
    """Read and check all files.

    Parameters
    ----------
    settings : what was asked for.
    tell : gives the progress of a step by its name.

    Raises
    ------
    InputError
        When a file cannot be used, or something that the fit needs is not known.
    """
    found = _read_dicom(settings, tell) if not _is_nrrd(settings.dynamic) else _read_nrrd(settings)
    is_signal = settings.dynamic_is is InputKind.SIGNAL
    mapping = _signal(settings, found) if is_signal else ConcentrationInputs(found.dynamic)
    regions = None if settings.regions is None else regions_on(mapping.dynamic, settings.regions)
    return FitInputs(mapping, regions, found.check, found.sources)


def regions_on(dynamic: DynamicFrames, path: Path) -> PlacedSegments:
    """Read segments onto the grid of the dynamic study; InputError states both grids when they do not meet."""
    return segments_on(dynamic, read_segmentation(path))


def _signal(settings: FitSettings, found: _Read) -> SignalInputs:
    dynamic = found.dynamic
    stated = dynamic.acquisition
    tr, cautions = _one_of(settings.repetition_time_s, stated.repetition_time_s, "repetition time", dynamic)
    angle, others = _one_of(settings.flip_angle_deg, stated.flip_angle_deg, "flip angle", dynamic)
    dynamic = replace(dynamic, cautions=(*dynamic.cautions, *cautions, *others))
    b1 = None if settings.b1_map is None else b1_of_map(_image(settings.b1_map), dynamic.geometry)
    return SignalInputs(dynamic, tr, angle, _precontrast(settings, found, b1), b1)


def _image(path: Path) -> Image:
    """Read an image; results name no file that was given."""
    return replace(read_image(path), source="as given")


def _is_nrrd(path: Path) -> bool:
    return path.name.lower().endswith(NRRD_SUFFIXES)


def _read_nrrd(settings: FitSettings) -> _Read:
    times = None if settings.times is None else read_frame_times(settings.times)
    angles = None if settings.flip_angles is None else read_flip_angles(settings.flip_angles)
    return _Read(read_dynamic(settings.dynamic, times), angles)


def _read_dicom(settings: FitSettings, tell: Tell) -> _Read:
    if settings.times is not None:
        raise InputError(f"{settings.times}: times of frames can be given for NRRD files only; DICOM states its own")
    if settings.dynamic.name.lower().endswith(WITHOUT_TIMES):
        raise InputError(
            f"{settings.dynamic}: a dynamic study is read from DICOM files or a four-dimensional NRRD; convert it, and "
            "give the times of its frames with --times"
        )
    study = read_study(settings.dynamic, tell("reading headers"))
    if len(study.dynamics) != 1:
        labels = "; ".join(dynamic.label for dynamic in study.dynamics)
        what = f"{len(study.dynamics)} dynamic series ({labels})" if labels else "no dynamic contrast-enhanced series"
        raise InputError(f"{settings.dynamic}: holds {what}; give the folder of one")
    dynamic = study.dynamics[0]
    frames = dynamic_from_dicom(dynamic, tell("reading frames"))
    sources = tuple(dict.fromkeys(header.path for series in dynamic.series for header in series.headers))
    return _Read(frames, _angles(settings, study, tell), check_study(study), sources)


def _angles(settings: FitSettings, study: Study, tell: Tell) -> FlipAngleFrames | None:
    """Return the flip angles that were asked for, or those of the study when T1 is needed and not given otherwise."""
    if settings.dynamic_is is InputKind.CONCENTRATION:
        return None
    if settings.flip_angles is not None:
        return read_flip_angles(settings.flip_angles, tell("reading flip angles"))
    if settings.t1_map is not None or settings.t1_s is not None or len(study.flip_angle_sets) != 1:
        return None
    return flip_angles_from_dicom(study.flip_angle_sets[0], tell("reading flip angles"))


def _one_of(given: float | None, stated: float | None, what: str, dynamic: DynamicFrames) -> tuple[float, list[str]]:
    if given is None and stated is None:
        raise InputError(f"{dynamic.unknown(what)}; give it with {OPTIONS[what]}")
    if given is None:
        assert stated is not None
        return stated, []
    if stated is not None and not np.isclose(given, stated, rtol=1e-3):
        return given, [f"{what} {given:g} as given was used; the file states {stated:g}"]
    return given, []


def _precontrast(settings: FitSettings, found: _Read, b1: B1Map | None) -> Precontrast:
    geometry = found.dynamic.geometry
    if settings.t1_map is not None:
        return t1_of_map(_image(settings.t1_map), T1_FACTORS[settings.t1_map_unit], geometry)
    if settings.t1_s is not None:
        return t1_of_number(settings.t1_s)
    if found.angles is None:
        raise InputError(
            "T1 before contrast is not known: give images at several flip angles with --flip-angles, a map with "
            "--t1-map, or one number for all tissue with --t1"
        )
    tr = found.angles.repetition_time_s or settings.repetition_time_s
    if tr is None:
        raise InputError(f"{found.angles.source}: its repetition time is not stated; give it with --tr in seconds")
    return t1_of_angles(found.angles, tr, geometry, b1)
