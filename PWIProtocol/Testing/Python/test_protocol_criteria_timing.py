"""Frame interval, total time, volumes before contrast, T1 mapping: each met, not met, and undecidable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from checked_studies import a_short_plan, checked, result_of
from PWIProtocolLib.protocol.checker import check_study
from PWIProtocolLib.protocol.checks.timing import temporal_resolution
from PWIProtocolLib.protocol.checks.view import StudyView
from PWIProtocolLib.protocol.frames import frame_times
from PWIProtocolLib.protocol.recommendations import recommendations
from PWIProtocolLib.protocol.study import read_study
from PWIProtocolLib.protocol.verdict import Verdict
from vendor_studies import write_study

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PWIProtocolLib.protocol.verdict import Finding
    from study_plan import StudyPlan

MET, OPTIMAL, NOT_MET, OPEN = Verdict.MET, Verdict.OPTIMAL, Verdict.NOT_MET, Verdict.CANNOT_TELL


def plan(**fields: Any) -> StudyPlan:
    return a_short_plan(**fields)


CASES: dict[str, tuple[str, StudyPlan, Verdict]] = {
    "a volume every 4.8 s": ("temporal_resolution", plan(), MET),
    "a volume every 5 s": ("temporal_resolution", plan(interval_s=5.0), MET),
    "a volume every 5.2 s": ("temporal_resolution", plan(interval_s=5.2), NOT_MET),
    "volumes without times": ("temporal_resolution", plan(timed=False), OPEN),
    "60 volumes every 5 s": ("total_time", plan(frames=60, interval_s=5.0), MET),
    "59 volumes every 5 s": ("total_time", plan(frames=59, interval_s=5.0), NOT_MET),
    "a length without times": ("total_time", plan(timed=False), OPEN),
    "six volumes before the injection": ("precontrast_acquisitions", plan(), MET),
    "no volume before the injection": (
        "precontrast_acquisitions",
        plan(injection_s=3.0, arrival_frame=3),
        NOT_MET,
    ),
    "an arrival after nine volumes": ("precontrast_acquisitions", plan(injection_s=None), MET),
    "an arrival after three volumes": (
        "precontrast_acquisitions",
        plan(injection_s=None, arrival_frame=3),
        NOT_MET,
    ),
    "neither injection nor arrival": (
        "precontrast_acquisitions",
        plan(injection_s=None, arrival_frame=None),
        OPEN,
    ),
    "an injection that no signal shows": ("precontrast_acquisitions", plan(arrival_frame=None), OPEN),
    "three flip angles": ("flip_angle_count", plan(), MET),
    "two flip angles": ("flip_angle_count", plan(cover_deg=(5.0, 30.0)), NOT_MET),
    "no flip angles": ("flip_angle_count", plan().without("FlipAngle"), OPEN),
    "5, 15 and 30 degrees": ("flip_angle_range", plan(), OPTIMAL),
    "3 to 35 degrees, four in range": ("flip_angle_range", plan(cover_deg=(3.0, 6.0, 9.0, 15.0, 24.0, 35.0)), MET),
    "2, 15 and 50 degrees": ("flip_angle_range", plan(cover_deg=(2.0, 15.0, 50.0)), NOT_MET),
    "no angles at all": ("flip_angle_range", plan().without("FlipAngle"), OPEN),
    "the same geometry": ("flip_angle_geometry", plan(), MET),
    "a shift of 6 mm": ("flip_angle_geometry", plan(cover_shift_mm=6.0), NOT_MET),
    "no frame of reference": ("flip_angle_geometry", plan().without("FrameOfReferenceUID"), OPEN),
    "T1 mapping before": ("flip_angles_before_contrast", plan(), MET),
    "T1 mapping after": ("flip_angles_before_contrast", plan(cover_after_contrast=True), NOT_MET),
    "T1 mapping before, contrast unknown": (
        "flip_angles_before_contrast",
        plan(injection_s=None, arrival_frame=None),
        OPEN,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_criterion_is_judged_as_its_study_deserves(case: str) -> None:
    criterion, study, verdict = CASES[case]
    found = result_of(criterion, study)
    assert found.verdict is verdict, found.reason
    assert found.satisfied is {MET: True, OPTIMAL: True, NOT_MET: False}.get(verdict)
    assert found.reason
    if verdict is not OPEN:
        assert found.value is not None
        assert found.evidence.attribute


def test_repetition_time_is_never_taken_for_the_interval() -> None:
    found = result_of("temporal_resolution", plan(timed=False).changed(RepetitionTime=4.5))
    assert found.verdict is OPEN
    assert found.value is None


def test_injection_and_arrival_are_told_side_by_side() -> None:
    found = result_of("precontrast_acquisitions", plan())
    assert found.value == 6
    assert "ContrastBolusStartTime" in found.evidence.attribute
    assert "PixelData" in found.evidence.attribute
    assert any("arrives after 9 volumes" in note for note in found.warnings)


def test_an_injection_time_that_does_not_fit_the_signal_is_set_aside() -> None:
    found = result_of("precontrast_acquisitions", plan(injection_s=-900.0))
    assert found.verdict is MET
    assert found.value == 9
    assert any("does not fit the arrival" in note for note in found.warnings)


def test_an_arrival_alone_is_told_to_be_later_than_the_injection() -> None:
    found = result_of("precontrast_acquisitions", plan(injection_s=None))
    assert any("earlier" in note for note in found.warnings)


def test_without_the_signal_the_injection_time_stands_alone_and_unconfirmed() -> None:
    found = checked(plan(), read_signal=False).result("precontrast_acquisitions")
    assert (found.verdict, found.value) == (MET, 6)
    assert any("not confirmed" in note for note in found.warnings)


def test_a_shifted_flip_angle_is_named() -> None:
    assert "slice positions" in result_of("flip_angle_geometry", plan(cover_shift_mm=6.0)).reason


def test_the_arrival_in_the_signal_alone_tells_that_t1_mapping_came_before() -> None:
    found = result_of("flip_angles_before_contrast", plan(injection_s=None))
    assert found.verdict is MET
    assert found.value == pytest.approx(4.67, abs=0.3)


def test_an_injection_time_before_t1_mapping_that_the_signal_denies_leaves_it_open() -> None:
    found = result_of("flip_angles_before_contrast", plan(injection_s=-900.0))
    assert found.verdict is OPEN
    assert "by the signal" in found.reason


def test_flip_angles_that_differ_by_rounding_are_one_angle() -> None:
    found = result_of("flip_angle_count", plan(cover_deg=(5.0, 15.0, 15.0001)))
    assert (found.verdict, found.value) == (NOT_MET, 2)


def test_a_flip_angle_of_a_single_slice_is_not_counted(tmp_path: Path) -> None:
    import pydicom

    folder = write_study(plan(cover_deg=(5.0, 30.0)), tmp_path / "study")
    stray = min((folder / "fa5").iterdir())
    image = pydicom.dcmread(stray)
    image.FlipAngle = 12
    image.save_as(stray)
    check = check_study(read_study(folder), read_signal=False)
    for name in ("flip_angle_count", "flip_angle_range"):
        assert check.result(name).verdict is OPEN
        assert "at 5 degrees 1 of 2 places are imaged" in check.result(name).reason


@pytest.fixture(scope="module")
def a_view(tmp_path_factory: pytest.TempPathFactory) -> StudyView:
    from PWIProtocolLib.protocol import checker
    from PWIProtocolLib.protocol.answers import Answers

    study = read_study(write_study(plan(), tmp_path_factory.mktemp("timed") / "study"))
    dynamic = checker._dynamic_view(study.dynamics[0], None, read_signal=False)
    return StudyView(study, dynamic, None, Answers())


def timed(view: StudyView, times_s: Sequence[float]) -> Finding:
    """The verdict on other frame times of the same study."""
    assert view.dynamic is not None
    times = replace(frame_times(view.dynamic.dynamic), count=len(times_s), times_s=np.asarray(times_s, float))
    rule = recommendations().criterion("temporal_resolution")
    return temporal_resolution(replace(view, dynamic=replace(view.dynamic, times=times)), rule)


def test_a_few_long_intervals_are_told_and_many_are_not_met(a_view: StudyView) -> None:
    once = timed(a_view, [*range(0, 80, 4), 92, *range(96, 160, 4)])
    often = timed(a_view, [*range(0, 80, 4), *range(90, 200, 10)])
    assert once.verdict is MET
    assert "16 s" in once.reason
    assert often.verdict is NOT_MET
    assert "longer than 5 s" in often.reason


def test_jitter_about_the_limit_is_no_failure(a_view: StudyView) -> None:
    jitter = np.random.default_rng(1).normal(0, 0.02, 60)
    assert timed(a_view, np.cumsum(np.full(60, 4.98) + jitter).tolist()).verdict is MET


@pytest.mark.parametrize("times_s", [[0.0, np.nan, 8.0], [0.0, 0.0, 0.0], [8.0, 4.0, 0.0], [0.0, np.inf]])
def test_times_that_are_no_times_are_never_met(a_view: StudyView, times_s: list[float]) -> None:
    assert timed(a_view, times_s).verdict is not MET


@pytest.mark.shared_data
def test_the_real_breast_study_fails_the_interval(shared_data: Callable[[str], Path], a_view: StudyView) -> None:
    loadmat = pytest.importorskip("scipy.io").loadmat
    times = loadmat(shared_data("breast-dce-invivo") / "invivo.mat")["t"].ravel()
    found = timed(a_view, times.tolist())
    assert found.verdict is NOT_MET
    assert found.value == pytest.approx(16.43)
