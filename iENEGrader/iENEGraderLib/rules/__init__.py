"""Grading and staging: small engines over rule tables whose every row has a source and a confidence."""

from iENEGraderLib.rules.assessment import assess
from iENEGraderLib.rules.results import (
    Alternative,
    Assessment,
    Confidence,
    Edition,
    EditionResult,
    NodeGrade,
    TorsCriterion,
    Trace,
)

__all__ = [
    "Alternative",
    "Assessment",
    "Confidence",
    "Edition",
    "EditionResult",
    "NodeGrade",
    "TorsCriterion",
    "Trace",
    "assess",
]
