"""Dynamic studies and flip-angle sets from NRRD files: Slicer's MultiVolumes and Sequences, and plain four axes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry

from PWIProtocolLib.dynamic.frames import DynamicFrames, FlipAngleFrames, stated_acquisition
from PWIProtocolLib.dynamic.nrrd_header import NrrdHeader, read_nrrd_header

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

SECONDS_PER_UNIT: Mapping[str, float] = {"s": 1.0, "sec": 1.0, "ms": 1e-3, "min": 60.0}
DEGREES = ("degrees", "degree", "deg")


class FrameMeaning(StrEnum):
    """What tells the frames of a file apart."""

    TIME = "time"
    FLIP_ANGLE = "flip angle"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class FrameLabels:
    """Numbers of the frames in seconds or degrees, and where they stand."""

    meaning: FrameMeaning
    values: NDArray[np.float64]
    reason: str


def dynamic_from_nrrd(path: str | Path, time_s: ArrayLike | None = None) -> DynamicFrames:
    """Read a four-dimensional NRRD.

    Parameters
    ----------
    path : MultiVolume, Sequence, or an NRRD with three spatial axes and one of frames.
    time_s : times of the frames, for a file that does not state them.

    Raises
    ------
    InputError
        When the file states no times and none are given, or holds flip angles.
    """
    path = Path(path)
    header = read_nrrd_header(path)
    labels = _labels(path.name, header)
    if labels.meaning is FrameMeaning.FLIP_ANGLE:
        raise InputError(f"{path.name}: its frames differ in flip angle, not in time; give it as flip angles")
    if time_s is not None:
        labels = FrameLabels(FrameMeaning.TIME, np.asarray(time_s, dtype=float), "frame times were given by the user")
    elif labels.meaning is FrameMeaning.UNKNOWN:
        raise InputError(f"{path.name}: does not state the times of its frames with their unit; give them in seconds")
    frames, geometry = _read(path)
    acquisition, cautions = stated_acquisition(
        _number(header, "MultiVolume.DICOM.RepetitionTime"), _number(header, "MultiVolume.DICOM.FlipAngle")
    )
    times = labels.values - labels.values[:1]
    return DynamicFrames(frames, times, geometry, acquisition, path.name, labels.reason, cautions)


def flip_angles_from_nrrd(path: str | Path) -> FlipAngleFrames:
    """Read a MultiVolume or Sequence whose frames differ in flip angle.

    Raises
    ------
    InputError
        When the frames differ in something else.
    """
    path = Path(path)
    header = read_nrrd_header(path)
    labels = _labels(path.name, header)
    if labels.meaning is not FrameMeaning.FLIP_ANGLE:
        raise InputError(f"{path.name}: does not say that its frames differ in flip angle (in degrees)")
    frames, geometry = _read(path)
    acquisition, cautions = stated_acquisition(_number(header, "MultiVolume.DICOM.RepetitionTime"), None)
    if labels.values.size != len(frames):
        raise InputError(f"{path.name}: {len(frames)} frames, {labels.values.size} flip angles; expected one each")
    order = np.argsort(labels.values, kind="stable")
    angles = tuple(float(value) for value in labels.values[order])
    return FlipAngleFrames(frames[order], angles, acquisition.repetition_time_s, geometry, path.name, cautions)


def _labels(name: str, header: NrrdHeader) -> FrameLabels:
    """Frame labels of a MultiVolume, or the index of a Sequence."""
    if header.fields.get("dimension") == "3":
        raise InputError(f"{name}: holds a single volume; expected one for each time or flip angle")
    if "MultiVolume.FrameLabels" in header.keys:
        texts = header.keys["MultiVolume.FrameLabels"].split(",")
        kind = header.keys.get("MultiVolume.FrameIdentifyingDICOMTagName", "")
        unit = header.keys.get("MultiVolume.FrameIdentifyingDICOMTagUnits", "")
        return _labelled(name, texts, kind, unit, f"MultiVolume.FrameLabels ({kind})")
    for axis in ("0", "3"):
        if f"axis {axis} index values" in header.keys:
            unit = header.units[int(axis)] if len(header.units) == 4 else ""
            texts = header.keys[f"axis {axis} index values"].split()
            return _labelled(name, texts, "", unit, "the index of the sequence")
    return FrameLabels(FrameMeaning.UNKNOWN, np.empty(0), "")


def _labelled(name: str, texts: list[str], kind: str, unit: str, where: str) -> FrameLabels:
    try:
        values = np.array([float(text) for text in texts])
    except ValueError as error:
        raise InputError(f"{name}: {where} holds a label that is no number") from error
    if unit in DEGREES or kind == "FlipAngle":
        return FrameLabels(FrameMeaning.FLIP_ANGLE, values, f"flip angles are read from {where}")
    if unit not in SECONDS_PER_UNIT:
        return FrameLabels(FrameMeaning.UNKNOWN, values, "")
    return FrameLabels(FrameMeaning.TIME, values * SECONDS_PER_UNIT[unit], f"frame times are read from {where}")


def _number(header: NrrdHeader, key: str) -> float | None:
    try:
        return float(header.keys[key])
    except (KeyError, ValueError):
        return None


def _read(path: Path) -> tuple[NDArray[Any], ImageGeometry]:
    """Frames [t, k, j, i] and their grid."""
    try:
        image = SimpleITK.ReadImage(str(path))
    except RuntimeError as error:
        raise InputError(f"{path.name}: cannot be read to its end: damaged, cut short or not supported") from error
    if "NRRD_space" not in image.GetMetaDataKeys():
        raise InputError(f"{path.name}: does not say how its voxels lie in the patient; export it with its orientation")
    array = SimpleITK.GetArrayFromImage(image)
    if image.GetDimension() == 3 and image.GetNumberOfComponentsPerPixel() > 1:
        array = np.moveaxis(array, -1, 0)
    elif image.GetDimension() != 4:
        raise InputError(f"{path.name}: holds {image.GetDimension()} axes; expected three of space and one of frames")
    axes = np.asarray(image.GetDirection()).reshape(image.GetDimension(), -1)[:3, :3]
    x, y, z = axes.tolist()
    geometry = ImageGeometry(
        size_ijk=image.GetSize()[:3],
        spacing_mm=image.GetSpacing()[:3],
        origin_lps_mm=image.GetOrigin()[:3],
        direction_lps=(tuple(x), tuple(y), tuple(z)),
    )
    return np.ascontiguousarray(array), geometry
