"""What a measurement says of a criterion. It is evidence: whether the finding counts is for the reader to decide."""

from __future__ import annotations

from iENEGraderLib.reading.vocabulary import EvidenceClass

__all__ = ["EvidenceClass", "class_of"]


def class_of(value: float, threshold: float, uncertainty: float = 0.0) -> EvidenceClass:
    """Compare a value with a threshold that it must reach; within the uncertainty of it nothing is decided.

    Parameters
    ----------
    value, threshold, uncertainty : in one unit; the uncertainty is plus or minus.
    """
    if value - uncertainty >= threshold:
        return EvidenceClass.MET
    return EvidenceClass.NOT_MET if value + uncertainty < threshold else EvidenceClass.INDETERMINATE
