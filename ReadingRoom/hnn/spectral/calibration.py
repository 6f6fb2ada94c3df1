"""Calibration by regions in fat and muscle of the patient, drawn in a segmentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.read_segmentation import read_segmentation
from HeadNeckNodesLib.imaging.segmentation import segmentation_on
from iENEGraderLib.spectral import calibrated_tissues, sample_roi

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
    from iENEGraderLib.spectral import RoiSample, SpectralInput

TISSUES = ("fat", "muscle")
BEHIND_PATH = re.compile(r"(?P<path>.+?):(?P<choice>(?:fat|muscle)=[^,=]+(?:,(?:fat|muscle)=[^,=]+)?)")


@dataclass(frozen=True, eq=False)
class Calibration:
    """What was taken from the patient.

    Attributes
    ----------
    fat, muscle : the regions in the input images.
    before, after : the inputs with the values of the table, and with those of the patient.
    """

    fat: RoiSample
    muscle: RoiSample
    before: SpectralInput
    after: SpectralInput


def calibration(data: SpectralInput, given: str) -> Calibration:
    """Calibrate inputs by two segments.

    Parameters
    ----------
    data : the inputs.
    given : path of a segmentation with segments named fat and muscle; ``rois.seg.nrrd:fat=ID,muscle=ID`` names others.

    Raises
    ------
    InputError
        when a segment is missing, too small or not of one tissue, or the segmentation lies on another grid.
    """
    path, names = _split(given)
    image = data.channels[-1].image
    segmentation = segmentation_on(image, read_segmentation(path))
    fat, muscle = (sample_roi(data, _segment(segmentation, names[tissue]), tissue) for tissue in TISSUES)
    return Calibration(fat, muscle, data, calibrated_tissues(data, fat, muscle))


def _split(given: str) -> tuple[str, dict[str, str]]:
    names = {tissue: tissue for tissue in TISSUES}
    found = BEHIND_PATH.fullmatch(given)
    if found is None:
        return given, names
    return found["path"], names | dict(part.split("=") for part in found["choice"].split(","))


def _segment(segmentation: Segmentation, wanted: str) -> Segment:
    """Return a segment by its id, or by its name in any case."""
    found = [one for one in segmentation.segments if one.segment_id == wanted]
    found = found or [one for one in segmentation.segments if one.name.strip().lower() == wanted.lower()]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{one.segment_id} ({one.name})" for one in segmentation.segments)
    raise InputError(
        f"{segmentation.source}: {len(found)} segments are called {wanted}, expected one; the segments are "
        f"{listed}: name two of them fat and muscle, or choose by :fat=ID,muscle=ID behind the path"
    )
