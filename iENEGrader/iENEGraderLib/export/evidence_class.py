"""What a measurement says of its criterion, in one word for all that is exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.reading import EvidenceClass

if TYPE_CHECKING:
    from iENEGraderLib.reading import Evidence

LOST_NOT_ENOUGH = "lost_not_enough_alone"
"""A lost fat plane beside a structure: it was looked for and found, and meets no criterion of its own."""


def class_word(evidence: Evidence) -> str | None:
    """Return the word for the class of evidence, as in the table of codes; None when it is compared with nothing."""
    if evidence.kind == Kind.FAT_PLANE and evidence.evidence_class is EvidenceClass.MET:
        return LOST_NOT_ENOUGH
    return None if evidence.evidence_class is None else str(evidence.evidence_class)


def class_of_word(word: str | None) -> str | None:
    """Return the class of evidence that a word stands for."""
    return str(EvidenceClass.MET) if word == LOST_NOT_ENOUGH else word
