"""Dynamic studies and flip-angle sets as arrays, whatever form they come in."""

from PWIProtocolLib.dynamic.dicom_study import dynamic_from_dicom, flip_angles_from_dicom
from PWIProtocolLib.dynamic.frames import Acquisition, DynamicFrames, FlipAngleFrames, require_same_grid
from PWIProtocolLib.dynamic.read import read_dynamic, read_flip_angles

__all__ = [
    "Acquisition",
    "DynamicFrames",
    "FlipAngleFrames",
    "dynamic_from_dicom",
    "flip_angles_from_dicom",
    "read_dynamic",
    "read_flip_angles",
    "require_same_grid",
]
