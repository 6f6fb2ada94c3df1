"""What a user enters: checked, kept with who and when, and never stronger than a header."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from checked_studies import a_short_plan, checked, result_of
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import strategies as st
from PWIProtocolLib.protocol.answers import (
    AnswerField,
    Answers,
    answer_from,
    fields_for,
    read_answers,
    rule_of,
    write_answers,
)
from PWIProtocolLib.protocol.recommendations import CriterionId
from PWIProtocolLib.protocol.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

WHEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def entered(**values: Any) -> Answers:
    return Answers(tuple(answer_from(AnswerField(name), value, "R1", WHEN) for name, value in values.items()))


def document(**row: Any) -> dict[str, Any]:
    answer = {"field": "saline_flush", "value": 25, "unit": "mL", "who": "R1", "when": WHEN.isoformat()} | row
    return {"schema": "hnn-pwi-answers/1", "answers": [{k: v for k, v in answer.items() if v is not None}]}


def test_answers_come_back_from_json_as_they_were_written(tmp_path: Path) -> None:
    answers = Answers(entered(injection_rate=3.0, agent="Gadovist", coil="neurovascular").items, "recurrence")
    write_answers(tmp_path / "answers.json", answers)
    assert read_answers(tmp_path / "answers.json") == answers


def test_a_trade_name_is_kept_as_the_agent_it_names() -> None:
    assert answer_from(AnswerField.AGENT, "Dotarem", "R1").value == "gadoterate meglumine"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"unit": "L"}, "must be in mL, found 'L'"),
        ({"unit": None}, "must be in mL"),
        ({"value": 2000}, "0 to 200 mL"),
        ({"value": "20"}, "0 to 200 mL"),
        ({"value": True}, "0 to 200 mL"),
        ({"value": float("nan")}, "0 to 200 mL"),
        ({"value": 10**400}, "0 to 200 mL"),
        ({"field": "dose"}, "field must be one of"),
        ({"who": " "}, "say who"),
        ({"who": None}, "needs field, value, unit, who and when"),
        ({"when": "yesterday"}, "when must be a date"),
        ({"when": "2026-11-22T10:00:00"}, "time zone"),
        ({"note": "x"}, "nothing else"),
        ({"field": "agent", "value": "YES", "unit": ""}, "names none"),
        ({"field": "coil", "value": "knee", "unit": ""}, "one of head_neck"),
        ({"field": "frames_before_contrast", "value": 4.5, "unit": "frames"}, "whole number"),
    ],
)
def test_a_bad_answer_is_refused_with_its_number(tmp_path: Path, row: dict[str, Any], told: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(document(**row)), encoding="utf-8")
    with pytest.raises(InputError, match=told) as caught:
        read_answers(path)
    assert "answers.json, answer 1" in str(caught.value)


def test_two_answers_to_one_question_are_refused(tmp_path: Path) -> None:
    twice = document()
    twice["answers"] *= 2
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(twice), encoding="utf-8")
    with pytest.raises(InputError, match="answered twice"):
        read_answers(path)


@given(st.floats() | st.text(max_size=5) | st.none() | st.integers(), st.sampled_from(list(AnswerField)))
def test_whatever_is_entered_is_within_its_rule_or_refused(value: Any, field: AnswerField) -> None:
    rule = rule_of(field)
    try:
        answer = answer_from(field, value, "R1", WHEN)
    except InputError:
        return
    if rule.unit:
        assert isinstance(answer.value, float)
        assert rule.low <= answer.value <= rule.high
    elif rule.choices:
        assert answer.value in rule.choices


def test_each_criterion_offers_what_can_be_entered_for_it() -> None:
    assert fields_for(CriterionId.INJECTION_RATE_AND_FLUSH) == (AnswerField.INJECTION_RATE, AnswerField.SALINE_FLUSH)
    assert fields_for(CriterionId.AXIAL) == ()


def test_an_entered_flush_completes_the_injection_and_is_the_user_s_verdict() -> None:
    found = result_of("injection_rate_and_flush", a_short_plan(), entered(saline_flush=25.0))
    assert found.verdict is Verdict.USER_SUPPLIED
    assert found.satisfied is True
    assert "R1" in found.reason
    assert "2026-11-22" in found.reason


@pytest.mark.parametrize("answers", [{"saline_flush": 10.0}, {"injection_rate": 1.0, "saline_flush": 25.0}])
def test_an_entry_below_the_limit_is_not_satisfied(answers: dict[str, float]) -> None:
    plan = a_short_plan().without("ContrastFlowRate", "ContrastFlowDuration")
    found = result_of("injection_rate_and_flush", plan, entered(**answers))
    assert found.verdict is Verdict.USER_SUPPLIED
    assert found.satisfied is False


def test_a_header_wins_over_an_entry_that_contradicts_it_and_says_so() -> None:
    found = result_of("coil", a_short_plan(coil="Spine_32"), entered(coil="head_neck"))
    assert found.verdict is Verdict.NOT_MET
    assert any("contradicts the header" in note for note in found.warnings)


def test_an_entry_that_agrees_with_the_header_changes_nothing() -> None:
    found = result_of("coil", a_short_plan(), entered(coil="head_neck"))
    assert found.verdict is Verdict.MET
    assert found.warnings == ()


@pytest.mark.parametrize(("coil", "good"), [("neurovascular", True), ("other", False)])
def test_a_coil_that_the_header_hides_may_be_entered(coil: str, good: bool) -> None:
    found = result_of("coil", a_short_plan(coil="MULTI COIL"), entered(coil=coil))
    assert (found.verdict, found.satisfied) == (Verdict.USER_SUPPLIED, good)


def test_fat_suppression_may_be_entered_where_no_header_tells() -> None:
    plan = a_short_plan(private=False).without("ScanOptions", "SequenceName")
    found = result_of("fat_suppression", plan, entered(fat_suppression="yes"))
    assert (found.verdict, found.satisfied) == (Verdict.USER_SUPPLIED, True)


def test_an_entered_interval_stands_for_times_that_are_missing() -> None:
    check = checked(a_short_plan(timed=False), entered(frame_interval=4.0))
    interval, total = check.result("temporal_resolution"), check.result("total_time")
    assert (interval.verdict, interval.satisfied, interval.value) == (Verdict.USER_SUPPLIED, True, 4.0)
    assert (total.verdict, total.satisfied, total.value) == (Verdict.USER_SUPPLIED, False, 64.0)


def test_volumes_before_contrast_may_be_entered_where_nothing_shows_them() -> None:
    plan = a_short_plan(injection_s=None, arrival_frame=None)
    found = result_of("precontrast_acquisitions", plan, entered(frames_before_contrast=6))
    assert (found.verdict, found.satisfied) == (Verdict.USER_SUPPLIED, True)


@pytest.mark.parametrize(
    ("answers", "dose", "good"),
    [
        ({"agent": "Dotarem", "contrast_volume": 14.0}, 0.1, True),
        ({"agent": "Dotarem", "contrast_volume": 7.0}, 0.05, False),
        ({"agent": "Elucirem", "contrast_volume": 7.0}, 0.05, True),
        ({"agent": "Gadovist", "contrast_dose": 0.1}, 0.1, True),
    ],
)
def test_a_dose_is_computed_from_what_was_entered(answers: dict[str, Any], dose: float, good: bool) -> None:
    plan = a_short_plan().without("ContrastBolusAgent", "ContrastBolusVolume", "ContrastBolusTotalDose")
    found = result_of("contrast_dose", plan, entered(**answers))
    assert (found.verdict, found.satisfied) == (Verdict.USER_SUPPLIED, good)
    assert found.value == pytest.approx(dose)


def test_the_chosen_scenario_is_part_of_the_result() -> None:
    check = checked(a_short_plan(), Answers(indication="n_staging"))
    assert check.indication is not None
    assert check.indication.recommended.words == "Not recommended"
