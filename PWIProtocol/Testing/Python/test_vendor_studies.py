"""The protocol check on made-up studies of every vendor: one that passes all, one that fails each, one that is open."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PWIProtocolLib.protocol.answers import AnswerField, Answers, answer_from
from PWIProtocolLib.protocol.checker import check_study
from PWIProtocolLib.protocol.recommendations import CriterionId
from PWIProtocolLib.protocol.study import read_study
from PWIProtocolLib.protocol.verdict import Verdict
from spoiled_studies import FAILING, UNDECIDABLE
from study_plan import StudyPlan, Vendor
from vendor_studies import passing_plan, write_study

if TYPE_CHECKING:
    from pathlib import Path

    from PWIProtocolLib.protocol.checker import ProtocolCheck

WHEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FLUSHED = Answers((answer_from(AnswerField.SALINE_FLUSH, 20.0, "R1", WHEN),))
GOOD = (Verdict.MET, Verdict.OPTIMAL)
QUICK = Vendor.PHILIPS_ENHANCED
# Criteria that each vendor of classic images states in its own way.
IN_DIALECT = [
    *((Vendor.SIEMENS, each) for each in ("sequence_3d_spgr_t1", "coil", "fat_suppression", "no_gap")),
    *((vendor, "sequence_3d_spgr_t1") for vendor in (Vendor.GE, Vendor.PHILIPS, Vendor.CANON)),
    *((vendor, "temporal_resolution") for vendor in (Vendor.GE, Vendor.PHILIPS, Vendor.CANON)),
]


def checked(plan: StudyPlan, folder: Path, answers: Answers = FLUSHED) -> ProtocolCheck:
    return check_study(read_study(write_study(plan, folder / "study")), answers)


def verdicts(check: ProtocolCheck) -> dict[str, Verdict]:
    return {each.criterion_id: each.verdict for each in check.criteria}


@pytest.mark.parametrize("vendor", Vendor, ids=lambda vendor: vendor.value)
def test_the_study_that_follows_every_recommendation_passes_for_every_vendor(vendor: Vendor, tmp_path: Path) -> None:
    check = checked(passing_plan(vendor), tmp_path)

    found = verdicts(check)

    flush = found.pop("injection_rate_and_flush")
    assert {name: verdict for name, verdict in found.items() if verdict not in GOOD} == {}
    assert set(found) == set(CriterionId) - {"injection_rate_and_flush"}
    assert flush is Verdict.USER_SUPPLIED
    assert check.result("injection_rate_and_flush").satisfied is True
    assert check.result("temporal_resolution").value == pytest.approx(4.8, abs=1e-6)
    assert check.result("total_time").value == pytest.approx(64 * 4.8, abs=1e-6)
    assert check.result("slice_thickness").verdict is Verdict.OPTIMAL


def test_what_no_attribute_can_hold_is_not_told_without_an_answer(tmp_path: Path) -> None:
    check = checked(passing_plan(QUICK), tmp_path, Answers())

    open_ones = [name for name, verdict in verdicts(check).items() if verdict is Verdict.CANNOT_TELL]

    assert open_ones == ["injection_rate_and_flush"]


@pytest.mark.parametrize(("vendor", "criterion"), [*((QUICK, each) for each in FAILING), *IN_DIALECT])
def test_a_spoiled_study_fails_exactly_the_spoiled_criterion(vendor: Vendor, criterion: str, tmp_path: Path) -> None:
    check = checked(FAILING[criterion](passing_plan(vendor)), tmp_path)

    missed = [each.criterion_id for each in check.criteria if each.satisfied is False]

    assert missed == [criterion]


@pytest.mark.parametrize(("vendor", "criterion"), [*((QUICK, each) for each in UNDECIDABLE), *IN_DIALECT])
def test_what_the_headers_do_not_say_is_never_taken_for_met(vendor: Vendor, criterion: str, tmp_path: Path) -> None:
    check = checked(UNDECIDABLE[criterion](passing_plan(vendor)), tmp_path)

    result = check.result(criterion)

    assert result.verdict is Verdict.CANNOT_TELL
    assert result.satisfied is None
    assert result.reason
    assert [each.criterion_id for each in check.criteria if each.satisfied is False] == []


def test_every_criterion_has_a_study_that_fails_it_and_one_that_leaves_it_open() -> None:
    assert set(FAILING) == set(CriterionId)
    assert set(UNDECIDABLE) == set(CriterionId)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (package dicom3tools) is not installed")
@pytest.mark.parametrize("vendor", Vendor, ids=lambda vendor: vendor.value)
def test_the_made_up_files_follow_the_standard(vendor: Vendor, tmp_path: Path) -> None:
    folder = write_study(passing_plan(vendor).but(frames=8), tmp_path / "study")
    errors = set()
    for series in folder.iterdir():
        last = max(series.iterdir())
        done = subprocess.run(["dciodvfy", str(last)], capture_output=True, text=True, check=False)
        errors |= {line for line in done.stderr.splitlines() if line.startswith("Error")}
    # Scanners of these two makers write a trigger time without a trigger.
    assert [line for line in errors if "TriggerTime" not in line] == []
