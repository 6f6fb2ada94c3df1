"""Contiguous sections that show a sign: counted, and their length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.evidence_class import EvidenceClass, class_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

LEAST_SECTIONS = 2
"""A sign is taken from contiguous sections (consensus criteria for imaging-detected extranodal extension)."""
LEAST_AREA_MM2 = 1e-9
"""A section that shows nothing never holds a sign, however small an area is asked for."""


@dataclass(frozen=True)
class SectionRun:
    """Sections ``start`` to ``stop`` (not included) and the length that they stand for."""

    start: int
    stop: int
    length_mm: float

    @property
    def sections(self) -> int:
        """Number of sections; 0 when there is none."""
        return self.stop - self.start

    @property
    def middle(self) -> int:
        """Middle section."""
        return (self.start + self.stop - 1) // 2

    def class_for(self, least_length_mm: float) -> EvidenceClass:
        """Compare with two sections and a length; the ends of a run are known to half a section in all."""
        if not self.sections:
            return EvidenceClass.NOT_MET
        by_length = class_of(self.length_mm, least_length_mm, 0.5 * self.length_mm / self.sections)
        is_too_few = by_length is EvidenceClass.MET and self.sections < LEAST_SECTIONS
        return EvidenceClass.INDETERMINATE if is_too_few else by_length


NO_RUN = SectionRun(0, 0, 0.0)


def runs_of(flags: Mask, step_mm: Floats | float) -> tuple[SectionRun, ...]:
    """Return the runs of sections with a true flag, longest first.

    Parameters
    ----------
    flags : one per section.
    step_mm : length that a section stands for, one for all or one each.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    steps = np.broadcast_to(step_mm, flags.shape)
    found = [SectionRun(int(a), int(b), float(steps[a:b].sum())) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return tuple(sorted(found, key=lambda run: -run.length_mm))


def longest_run(mask: Mask, spacing_mm: Floats, axis: int, least_area_mm2: float) -> SectionRun:
    """Return the longest run of sections across an axis that each hold at least an area of a mask.

    Parameters
    ----------
    mask : array [k, j, i].
    spacing_mm : in the order of the array axes.
    """
    within = tuple(n for n in range(3) if n != axis)
    area_mm2 = mask.sum(axis=within) * float(np.prod(np.delete(spacing_mm, axis)))
    runs = runs_of(area_mm2 >= max(least_area_mm2, LEAST_AREA_MM2), float(spacing_mm[axis]))
    return runs[0] if runs else NO_RUN
