"""The sample case: a digital neck whose truth is known."""

from iENEGraderLib.sample.case import sample_image, sample_segmentation
from iENEGraderLib.sample.neck import DigitalNeck, Segment, digital_neck
from iENEGraderLib.sample.nodes import Severity
from iENEGraderLib.sample.reading import sample_reading
from iENEGraderLib.sample.truth import NeckTruth, NodeTruth

__all__ = [
    "DigitalNeck",
    "NeckTruth",
    "NodeTruth",
    "Segment",
    "Severity",
    "digital_neck",
    "sample_image",
    "sample_reading",
    "sample_segmentation",
]
