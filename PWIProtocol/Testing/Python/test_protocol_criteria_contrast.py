"""Dose, injection, analysis, site rules, and the document that comes out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from checked_studies import a_short_plan, checked, result_of
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.protocol.analysis import AifOrigin, AnalysisSettings, KineticModel, RoiReference
from PWIProtocolLib.protocol.answers import AnswerField, Answers, answer_from
from PWIProtocolLib.protocol.check_json import to_json
from PWIProtocolLib.protocol.checker import check_study
from PWIProtocolLib.protocol.recommendations import CriterionId, recommendations
from PWIProtocolLib.protocol.study import read_study
from PWIProtocolLib.protocol.verdict import Verdict
from study_plan import PLANTED_IDENTIFIERS, Vendor
from vendor_studies import write_study

if TYPE_CHECKING:
    from pathlib import Path

    from study_plan import StudyPlan

MET, OPTIMAL, NOT_MET, OPEN = Verdict.MET, Verdict.OPTIMAL, Verdict.NOT_MET, Verdict.CANNOT_TELL
SITE = """
edition = "our hospital 2026"
[[source]]
key = "SOP"
citation = "Our standard operating procedure 12."
[[criterion]]
id = "temporal_resolution"
source = "SOP"
confidence = "high"
limits.maximum = { value = 3, unit = "s" }
[[criterion]]
id = "fat_suppression"
source = "SOP"
confidence = "high"
switched_off = "Dixon in-phase images are subtracted here"
[[criterion]]
id = "short_echo"
title = "Echo time"
statement = "The echo time is at most 1 ms."
why = "Less T2* at the peak."
source = "SOP"
confidence = "high"
attribute = "EchoTime"
limits.maximum = { value = 1, unit = "ms" }
[[criterion]]
id = "gradient_echo_only"
title = "Gradient echo"
statement = "The scanner calls it a gradient echo."
why = "House rule."
source = "SOP"
confidence = "high"
attribute = "ScanningSequence"
allowed = ["GR"]
"""


def plan(**fields: Any) -> StudyPlan:
    return a_short_plan(**fields)


DOSES: dict[str, tuple[StudyPlan, Verdict]] = {
    "7 mL of gadobutrol at 70 kg": (plan(), MET),
    "14 mL of gadobutrol at 70 kg": (plan(volume_ml=14.0), NOT_MET),
    "14 mL of gadoterate at 70 kg": (plan(agent="Dotarem", volume_ml=14.0), MET),
    "7 mL of gadoterate at 70 kg": (plan(agent="Dotarem"), NOT_MET),
    "7 mL of gadopiclenol at 70 kg": (plan(agent="Elucirem"), MET),
    "an agent called YES": (plan(agent="YES"), OPEN),
    "no agent": (plan().without("ContrastBolusAgent", "ContrastBolusAgentSequence"), OPEN),
    "no volume": (plan().without("ContrastBolusVolume", "ContrastBolusTotalDose"), OPEN),
    "a volume of 0": (plan(volume_ml=0.0), OPEN),
    "no weight": (plan().without("PatientWeight"), OPEN),
    "a weight of 0.07 kg": (plan(weight_kg=0.07), OPEN),
}


@pytest.mark.parametrize("case", DOSES)
def test_the_dose_is_judged_by_the_label_of_its_agent(case: str) -> None:
    study, verdict = DOSES[case]
    found = result_of("contrast_dose", study)
    assert found.verdict is verdict, found.reason
    assert "YES" not in found.reason


@pytest.mark.parametrize("rates", [[3.0, 1.0], [1.0, 3.0]])
def test_the_slowest_of_several_stated_rates_counts(rates: list[float]) -> None:
    found = result_of("injection_rate_and_flush", plan().changed(ContrastFlowRate=rates))
    assert (found.verdict, found.value) == (NOT_MET, "1 mL/s")


def test_the_dose_is_told_in_mmol_per_kg_with_all_that_it_rests_on() -> None:
    found = result_of("contrast_dose", plan(agent="Dotarem"))
    assert (found.value, found.unit) == (0.05, "mmol/kg")
    assert "too little" in found.reason
    for keyword in ("ContrastBolusAgent ", "PatientWeight "):
        assert keyword in found.evidence.attribute


@pytest.mark.parametrize(("volume_ml", "verdict"), [(25.0, MET), (10.0, NOT_MET)])
def test_a_flush_that_the_headers_state_as_an_agent_is_read(tmp_path: Path, volume_ml: float, verdict: Verdict) -> None:
    import pydicom

    folder = write_study(plan(vendor=Vendor.PHILIPS_ENHANCED), tmp_path / "study")
    for path in (path for path in folder.rglob("*") if path.is_file()):
        data = pydicom.dcmread(path)
        if "ContrastBolusAgentSequence" in data:
            saline = pydicom.Dataset()
            saline.CodeMeaning = "Sodium chloride 0.9 %"
            saline.ContrastBolusVolume = volume_ml
            data.ContrastBolusAgentSequence.append(saline)
            data.save_as(path)
    found = check_study(read_study(folder)).result("injection_rate_and_flush")
    assert found.verdict is verdict, found.reason
    assert str(found.value).endswith(f"{volume_ml:g} mL")


def test_a_slow_injection_is_not_met_whatever_the_flush() -> None:
    found = result_of("injection_rate_and_flush", plan(rate_ml_s=1.0))
    assert found.verdict is NOT_MET
    assert "1 mL/s" in str(found.value)


def test_a_fast_injection_with_an_unknown_flush_stays_open() -> None:
    found = result_of("injection_rate_and_flush", plan())
    assert found.verdict is OPEN
    assert "flush" in found.reason


def test_the_rate_follows_from_volume_and_duration() -> None:
    found = result_of("injection_rate_and_flush", plan(rate_ml_s=1.0).without("ContrastFlowRate"))
    assert found.verdict is NOT_MET
    assert found.value == "1 mL/s"
    assert "ContrastFlowDuration" in found.evidence.attribute


GOOD = AnalysisSettings(KineticModel.EXTENDED_TOFTS, AifOrigin.CAROTID, RoiReference.SUBTRACTION, 2.0, 1.0)


@pytest.mark.parametrize(
    ("settings", "verdicts"),
    [
        (None, (OPEN, OPEN, OPEN)),
        (AnalysisSettings(), (OPEN, OPEN, OPEN)),
        (GOOD, (MET, MET, OPTIMAL)),
        (AnalysisSettings(KineticModel.TWO_COMPARTMENT_EXCHANGE, AifOrigin.POPULATION), (MET, MET, OPEN)),
        (AnalysisSettings(KineticModel.PATLAK, AifOrigin.OTHER_VESSEL), (NOT_MET, NOT_MET, OPEN)),
        (AnalysisSettings(roi=RoiReference.POST_CONTRAST_DYNAMIC, non_enhancing_percent=2.0), (OPEN, OPEN, OPEN)),
        (AnalysisSettings(roi=RoiReference.POST_CONTRAST_DYNAMIC, non_enhancing_percent=30.0), (OPEN, OPEN, NOT_MET)),
        (AnalysisSettings(roi=RoiReference.PARAMETER_MAP), (OPEN, OPEN, NOT_MET)),
        (
            AnalysisSettings(roi=RoiReference.SUBTRACTION, non_enhancing_percent=float("nan"), vessel_like_percent=0.0),
            (OPEN, OPEN, OPEN),
        ),
    ],
)
def test_the_analysis_is_compared_with_its_recommendations(
    settings: AnalysisSettings | None, verdicts: tuple[Verdict, ...]
) -> None:
    check = checked(plan(), analysis=settings, read_signal=False)
    assert tuple(each.verdict for each in check.analysis) == verdicts


def test_site_rules_change_verdicts_and_are_named(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text(SITE, encoding="utf-8")
    check = checked(plan(), recommendations=recommendations(path))
    interval, fat = check.result("temporal_resolution"), check.result("fat_suppression")
    assert (interval.verdict, interval.limit, interval.site_rule) == (NOT_MET, "at most 3 s", True)
    assert (fat.verdict, fat.agreement) == (OPEN, "Site rule")
    assert "switched off by a site rule" in fat.reason
    assert check.result("short_echo").verdict is NOT_MET
    assert check.result("gradient_echo_only").verdict is MET
    assert any("site rules apply to: fat_suppression" in note for note in check.warnings)


def test_an_unknown_scenario_stops_the_check() -> None:
    with pytest.raises(InputError, match="indication 'x' is unknown"):
        checked(plan(), Answers(indication="x"))


@pytest.mark.parametrize("vendor", list(Vendor))
def test_the_document_has_every_criterion_standard_values_and_no_patient(vendor: Vendor) -> None:
    text = json.dumps(to_json(checked(plan(vendor=vendor))), allow_nan=False)
    document = json.loads(text)
    assert [each["id"] for each in document["criteria"]] == list(CriterionId)
    for each in document["criteria"]:
        assert {"id", "verdict", "value", "unit", "limit", "evidence", "statement", "agreement", "why"} <= set(each)
        assert set(each["evidence"]) == {"attribute", "file"}
    assert sum(document["summary"].values()) == 18
    assert set(document["summary"]) == set(Verdict)
    assert not [planted for planted in PLANTED_IDENTIFIERS if planted in text]


@pytest.mark.parametrize("vendor", list(Vendor))
def test_a_good_study_of_any_vendor_leaves_only_length_and_flush(vendor: Vendor) -> None:
    check = checked(plan(vendor=vendor))
    left = {each.criterion_id for each in check.criteria if each.verdict not in (MET, OPTIMAL)}
    assert left == {"total_time", "injection_rate_and_flush"}


def test_entries_bolus_and_injection_stand_in_the_document() -> None:
    document = to_json(checked(plan(), Answers((answer_from(AnswerField.SALINE_FLUSH, 25.0, "R1"),))))
    assert [(each["field"], each["value"], each["unit"], each["who"]) for each in document["answers"]] == [
        ("saline_flush", 25.0, "mL", "R1")
    ]
    assert document["injection_s"] == 30.0
    assert document["bolus"]["frames_before"] == 9


def test_files_that_were_left_out_are_told(tmp_path: Path) -> None:
    folder = write_study(plan(), tmp_path / "study")
    (folder / "notes.txt").write_text("no image", encoding="utf-8")
    assert any(
        "1 file was left out, for example notes.txt" in note for note in check_study(read_study(folder)).warnings
    )
