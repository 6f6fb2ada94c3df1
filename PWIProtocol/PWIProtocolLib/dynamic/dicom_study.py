"""Dynamic studies and flip-angle sets from DICOM files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.dynamic.dicom_volumes import along_normal, grid_of_volume, read_volumes, stated_in_all
from PWIProtocolLib.dynamic.frames import DynamicFrames, FlipAngleFrames, require_same_grid, stated_acquisition
from PWIProtocolLib.protocol.frames import frame_times
from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from PWIProtocolLib.dynamic.frames import Progress
    from PWIProtocolLib.protocol.series import Dynamic, FlipAngleSet


def dynamic_from_dicom(dynamic: Dynamic, progress: Progress | None = None) -> DynamicFrames:
    """Read a dynamic of a DICOM study.

    Raises
    ------
    InputError
        When its times cannot be told, or its planes do not make one grid.
    """
    times = frame_times(dynamic)
    if times.times_s is None or not times.frames:
        raise InputError(f"{dynamic.label}: the times of the frames cannot be told: {times.reason}")
    volumes = [along_normal(planes) for planes in times.frames]
    geometry = grid_of_volume(volumes[0])
    acquisition, cautions = stated_acquisition(
        stated_in_all(volumes, Tag.RepetitionTime), stated_in_all(volumes, Tag.FlipAngle)
    )
    frames = read_volumes(volumes, geometry, progress)
    told = tuple(caution.text for caution in times.cautions)
    return DynamicFrames(frames, times.times_s, geometry, acquisition, dynamic.label, times.reason, told + cautions)


def flip_angles_from_dicom(angles: FlipAngleSet, progress: Progress | None = None) -> FlipAngleFrames:
    """Read a flip-angle set of a DICOM study.

    Raises
    ------
    InputError
        When the images of an angle do not make one volume, or those of two angles differ in grid or repetition time.
    """
    label = ", ".join(series.label for series in angles.series)
    volumes = [along_normal(planes) for _, planes in angles.groups]
    geometry = grid_of_volume(volumes[0])
    for angle, planes in zip(angles.flip_angles_deg, volumes, strict=True):
        name = f"image at {angle:g} degrees"
        require_same_grid(name, grid_of_volume(planes), f"image at {angles.flip_angles_deg[0]:g} degrees", geometry)
    repetition_ms = stated_in_all(volumes, Tag.RepetitionTime)
    acquisition, cautions = stated_acquisition(repetition_ms, None)
    if repetition_ms is None:
        cautions = (*cautions, "repetition time is missing or differs between the flip angles; give it")
    signal = read_volumes(volumes, geometry, progress)
    return FlipAngleFrames(
        signal, angles.flip_angles_deg, acquisition.repetition_time_s, geometry, label, tuple(cautions)
    )
