"""The sample case in the scene, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.measure.case.measured_reading import find_landmarks, measured_reading
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.sample import digital_neck, sample_image, sample_reading, sample_segmentation
from iENEGraderLib.scene.case_scene import add_case
from iENEGraderLib.scene.image_origin import state_origin
from iENEGraderLib.scene.node_outlines import SceneSegment, remember_outline
from iENEGraderLib.scene.segmentation_reading import segments_of

if TYPE_CHECKING:
    from iENEGraderLib.sample import DigitalNeck
    from iENEGraderLib.scene.case_scene import CaseScene


def add_sample_case(neck: DigitalNeck | None = None) -> CaseScene:
    """Put a digital neck into the scene with its segments and its reading.

    Parameters
    ----------
    neck : the sample case itself when not given.
    """
    neck = neck or digital_neck()
    segmentation = sample_segmentation(neck)
    reading = sample_reading(neck)
    segments = match_segments(reading, segmentation)
    measured = measured_reading(reading, segments, find_landmarks(segmentation))
    case = add_case(
        sample_image(neck), segments.nodes, segments.anatomy, measured.reading, measured.dimension_ends_ras_mm
    )
    state_origin(case.volume, ImageOrigin.SIMULATED)
    for segment_id in segments_of(case.nodes):
        remember_outline(SceneSegment(case.nodes, segment_id))
    return case
