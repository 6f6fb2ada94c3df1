"""Contiguous sections: which belong together, how long they are, and when that is enough for a sign."""

from __future__ import annotations

import numpy as np
import pytest
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.section_runs import NO_RUN, SectionRun, longest_run, runs_of

INDETERMINATE, MET, NOT_MET = EvidenceClass.INDETERMINATE, EvidenceClass.MET, EvidenceClass.NOT_MET


@pytest.mark.parametrize(
    ("sections", "step_mm", "expected"),
    [
        (1, 3.0, INDETERMINATE),
        (1, 5.0, INDETERMINATE),
        (2, 5.0, MET),
        (2, 3.0, MET),
        (2, 1.0, INDETERMINATE),
        (3, 1.0, MET),
        (3, 0.5, NOT_MET),
        (4, 0.5, INDETERMINATE),
        (5, 0.5, MET),
    ],
)
def test_a_sign_needs_two_sections_and_2_mm(sections: int, step_mm: float, expected: EvidenceClass) -> None:
    flags = np.array([False] * 4 + [True] * sections + [False])

    (run,) = runs_of(flags, np.full(sections + 5, step_mm))

    assert (run.start, run.sections, run.length_mm) == (4, sections, pytest.approx(sections * step_mm))
    assert run.class_for(2.0) is expected


def test_no_section_is_no_sign() -> None:
    assert runs_of(np.zeros(4, dtype=bool), 1.0) == ()
    assert NO_RUN.class_for(0.0) is NOT_MET


def test_the_longest_run_comes_first_by_length_and_not_by_count() -> None:
    flags = np.array([True, True, True, False, True, True])

    runs = runs_of(flags, np.array([1.0, 1.0, 1.0, 1.0, 4.0, 4.0]))

    assert runs == (SectionRun(4, 6, 8.0), SectionRun(0, 3, 3.0))
    assert [run.middle for run in runs] == [4, 1]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_section_with_too_small_an_area_breaks_a_run(axis: int) -> None:
    mask = np.zeros((6, 4, 4), dtype=bool)
    mask[0:2, :2] = mask[3:6, :2] = True
    mask[2, 0, 0] = True

    run = longest_run(np.moveaxis(mask, 0, axis), np.insert([0.5, 0.5], axis, 1.5), axis, 2.0)

    assert (run.start, run.sections, run.length_mm) == (3, 3, 4.5)


def test_an_empty_mask_has_no_run_even_when_no_area_is_asked_for() -> None:
    assert longest_run(np.zeros((3, 4, 4), dtype=bool), np.ones(3), 0, 0.0) is NO_RUN
