"""What a measurement says of a criterion. It is evidence: whether the finding counts is for the reader to decide."""

from __future__ import annotations

from enum import StrEnum


class EvidenceClass(StrEnum):
    """Measured against the threshold of a criterion."""

    MET = "met"
    NOT_MET = "not_met"
    INDETERMINATE = "indeterminate"
    """The threshold lies within the uncertainty."""
    NOT_ASSESSABLE = "not_assessable"
    """The grid, the image or the labels cannot support the measurement; a reason always stands beside it."""


def class_of(value: float, threshold: float, uncertainty: float = 0.0) -> EvidenceClass:
    """Compare a value with a threshold that it must reach; within the uncertainty of it nothing is decided.

    Parameters
    ----------
    value, threshold, uncertainty : in one unit; the uncertainty is plus or minus.
    """
    if value - uncertainty >= threshold:
        return EvidenceClass.MET
    return EvidenceClass.NOT_MET if value + uncertainty < threshold else EvidenceClass.INDETERMINATE
