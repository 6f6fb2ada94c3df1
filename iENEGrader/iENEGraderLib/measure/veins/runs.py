"""Contiguous sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.evidence_class import EvidenceClass, class_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_SECTIONS = 2
"""A sign is taken from contiguous sections (consensus criteria for imaging-detected extranodal extension)."""


@dataclass(frozen=True)
class Run:
    """Sections ``start`` to ``stop`` (not included) and their length along the vein."""

    start: int
    stop: int
    length_mm: float

    @property
    def sections(self) -> int:
        """Number of sections."""
        return self.stop - self.start

    @property
    def middle(self) -> int:
        """Middle section."""
        return (self.start + self.stop - 1) // 2

    def held(self, least_mm: float) -> EvidenceClass:
        """Tell whether the run is long enough; its length is known to half a section."""
        found = class_of(self.length_mm, least_mm, 0.5 * self.length_mm / self.sections)
        too_few = found is EvidenceClass.MET and self.sections < LEAST_SECTIONS
        return EvidenceClass.INDETERMINATE if too_few else found


def runs_of(flags: NDArray[np.bool_], step_mm: NDArray[np.float64]) -> tuple[Run, ...]:
    """Return the runs of true flags, longest first."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    found = [Run(int(a), int(b), float(step_mm[a:b].sum())) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return tuple(sorted(found, key=lambda run: -run.length_mm))
