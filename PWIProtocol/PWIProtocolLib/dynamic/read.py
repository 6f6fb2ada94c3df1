"""Reading a dynamic study or a set of flip angles from whatever the user points at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.dynamic.dicom_study import dynamic_from_dicom, flip_angles_from_dicom
from PWIProtocolLib.dynamic.nrrd_study import dynamic_from_nrrd, flip_angles_from_nrrd
from PWIProtocolLib.protocol.study import read_study

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from PWIProtocolLib.dynamic.frames import DynamicFrames, FlipAngleFrames, Progress

NRRD_SUFFIXES = (".nrrd", ".nhdr")


def read_dynamic(path: str | Path, time_s: ArrayLike | None = None, progress: Progress | None = None) -> DynamicFrames:
    """Read a dynamic study.

    Parameters
    ----------
    path : folder of DICOM files, or a four-dimensional NRRD (MultiVolume, Sequence).
    time_s : times of the frames of an NRRD that does not state them.
    progress : called with volumes read and volumes in all; reading stops when it returns False.

    Raises
    ------
    InputError
        When there is no dynamic study, or more than one, or it cannot be read.
    ReadingCancelledError
        When `progress` returned False.
    """
    path = Path(path)
    if path.name.lower().endswith(NRRD_SUFFIXES):
        return dynamic_from_nrrd(path, time_s)
    if time_s is not None:
        raise InputError(f"{path.name}: times of frames can be given for NRRD files only; DICOM states its own")
    dynamics = read_study(path).dynamics
    if not dynamics:
        raise InputError(f"{path.name}: holds no dynamic contrast-enhanced series; give the folder of the study")
    if len(dynamics) > 1:
        labels = "; ".join(dynamic.label for dynamic in dynamics)
        raise InputError(f"{path.name}: holds {len(dynamics)} dynamic series ({labels}); give the folder of one")
    return dynamic_from_dicom(dynamics[0], progress)


def read_flip_angles(path: str | Path, progress: Progress | None = None) -> FlipAngleFrames:
    """Read the images of one volume at several flip angles; arguments and errors as for `read_dynamic`."""
    path = Path(path)
    if path.name.lower().endswith(NRRD_SUFFIXES):
        return flip_angles_from_nrrd(path)
    sets = read_study(path).flip_angle_sets
    if len(sets) != 1:
        raise InputError(f"{path.name}: holds {len(sets)} sets of flip angles, expected one; give their folder")
    return flip_angles_from_dicom(sets[0], progress)
