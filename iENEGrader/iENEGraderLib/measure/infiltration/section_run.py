"""Contiguous sections in which a finding is large enough, counted and in mm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.evidence_class import EvidenceClass, class_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_SECTIONS = 2
"""Consensus criteria (HNCIG) ask for contiguous sections."""


@dataclass(frozen=True)
class SectionRun:
    """The longest run of contiguous sections.

    Attributes
    ----------
    sections : how many; 0 when there is none.
    step_mm : distance between sections.
    """

    sections: int
    step_mm: float

    @property
    def length_mm(self) -> float:
        """Length across the sections."""
        return self.sections * self.step_mm

    def class_for(self, least_length_mm: float) -> EvidenceClass:
        """Compare with two sections and a length; the ends of a run are known to half a section in all."""
        by_length = class_of(self.length_mm, least_length_mm, self.step_mm / 2) if self.sections else None
        if by_length is None or by_length is EvidenceClass.NOT_MET:
            return EvidenceClass.NOT_MET
        return by_length if self.sections >= LEAST_SECTIONS else EvidenceClass.INDETERMINATE


def longest_run(
    mask: NDArray[np.bool_], spacing_mm: NDArray[np.float64], axis: int, least_area_mm2: float
) -> SectionRun:
    """Return the longest run of sections across an axis that each hold at least an area of the mask."""
    others = tuple(n for n in range(3) if n != axis)
    area_mm2 = mask.sum(axis=others) * float(np.prod(np.delete(spacing_mm, axis)))
    longest = current = 0
    for holds in area_mm2 >= max(least_area_mm2, 1e-9):
        current = current + 1 if holds else 0
        longest = max(longest, current)
    return SectionRun(longest, float(spacing_mm[axis]))
