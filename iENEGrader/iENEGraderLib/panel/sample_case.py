"""The sample case in the scene, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.case_measurement import find_landmarks, measured_reading
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.sample import digital_neck, sample_image, sample_reading, sample_segmentation
from iENEGraderLib.scene.case_scene import add_case

if TYPE_CHECKING:
    from iENEGraderLib.scene.case_scene import CaseScene


def add_sample_case(seed: int = 0) -> CaseScene:
    """Make a digital neck and put it into the scene with its segments and its reading.

    Parameters
    ----------
    seed : chooses the patient.
    """
    neck = digital_neck(seed)
    segmentation = sample_segmentation(neck)
    reading = sample_reading(neck)
    segments = match_segments(reading, segmentation)
    measured = measured_reading(reading, segments, find_landmarks(segmentation))
    return add_case(
        sample_image(neck), segments.nodes, segments.anatomy, measured.reading, measured.dimension_ends_ras_mm
    )
