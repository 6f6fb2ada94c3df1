"""`hnn pwi check` on files: verdicts that are true, one line for what cannot be used, and no patient in any result."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from hnn.cli.main import main
from PWIProtocolLib.protocol.recommendations import CriterionId
from study_plan import PLANTED_IDENTIFIERS, Left, StudyPlan, Vendor
from vendor_studies import passing_plan, write_study

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = {"who": "R1", "when": "2026-11-22T10:00:00+00:00"}
FLUSH = {"field": "saline_flush", "value": 20, "unit": "mL", **ENTRY}


class Desk:
    """Studies in a folder, and the command on them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.html, self.csv = folder / "report.html", folder / "audit.csv"

    def study(self, name: str = "study", vendor: Vendor = Vendor.PHILIPS_ENHANCED, **fields: Any) -> Path:
        plan: StudyPlan = passing_plan(vendor).but(**fields)
        return write_study(plan, self.folder / name)

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def answers(self, *entries: dict[str, Any]) -> Path:
        return self.file("answers.json", json.dumps({"schema": "hnn-pwi-answers/1", "answers": entries}))

    def check(self, *arguments: object) -> int:
        return main(["pwi", "check", *map(str, arguments)])

    def printed(self) -> str:
        return self._capsys.readouterr().out

    def document(self, *arguments: object) -> dict[str, Any]:
        assert self.check(*arguments, "--json") == 0
        found: dict[str, Any] = json.loads(self.printed())
        return found

    def refusal(self, *arguments: object) -> str:
        before = set(self.folder.rglob("*"))
        assert self.check(*arguments) == 2
        captured = self._capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1
        assert set(self.folder.rglob("*")) == before
        return captured.err


@pytest.fixture
def the_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def criterion(document: dict[str, Any], criterion_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["criteria"] if each["id"] == criterion_id)
    return found


def test_the_document_has_the_agreed_form(the_desk: Desk) -> None:
    document = the_desk.document(the_desk.study())

    assert [each["id"] for each in document["criteria"]] == list(CriterionId)
    assert {"series", "criteria", "summary"} <= set(document)
    for each in document["criteria"]:
        assert {"id", "verdict", "value", "unit", "limit", "evidence", "statement", "agreement", "why"} <= set(each)
        assert set(each["evidence"]) == {"attribute", "file"}
    assert sum(document["summary"].values()) == 18
    assert criterion(document, "temporal_resolution")["value"] == pytest.approx(4.8, abs=1e-9)
    assert criterion(document, "temporal_resolution")["evidence"]["attribute"].startswith("FrameAcquisitionDateTime")
    assert criterion(document, "temporal_resolution")["evidence"]["file"] == "dce/EN0001.dcm"
    assert document["software"].startswith("HeadNeckNodes")


def test_the_text_names_each_criterion_its_verdict_and_why(the_desk: Desk) -> None:
    assert the_desk.check(the_desk.study(thickness_mm=5.0, spacing_mm=5.0)) == 0

    text = the_desk.printed()

    line = next(line for line in text.splitlines() if "Slice thickness" in line)
    assert line.startswith("not met ")
    assert "5 mm" in line
    assert "1 not met" in text
    assert "N staging: not recommended" in text
    assert "series 20: dce dynamic" in text
    assert "Not a medical device" in text


def test_an_answer_decides_what_dicom_cannot_hold(the_desk: Desk) -> None:
    study = the_desk.study()
    assert criterion(the_desk.document(study), "injection_rate_and_flush")["verdict"] == "cannot_tell"

    document = the_desk.document(study, "--answers", the_desk.answers(FLUSH), "--indication", "n_staging")

    found = criterion(document, "injection_rate_and_flush")
    assert (found["verdict"], found["satisfied"]) == ("user_supplied", True)
    assert document["indication"]["id"] == "n_staging"


def test_a_rule_of_the_site_replaces_the_limit_and_is_marked(the_desk: Desk) -> None:
    rules = the_desk.file(
        "site.toml",
        'edition = "our site"\n[[source]]\nkey = "S"\ncitation = "Book."\n[[criterion]]\nid = "slice_thickness"\n'
        'source = "S"\nconfidence = "high"\nlimits.maximum = { value = 2.5, unit = "mm" }\n'
        'limits.recommended = { value = 2.0, unit = "mm" }\n',
    )

    found = criterion(the_desk.document(the_desk.study(), "--rules", rules), "slice_thickness")

    assert (found["verdict"], found["site_rule"]) == ("not_met", True)


def test_the_page_and_the_table_are_written_together(the_desk: Desk) -> None:
    assert the_desk.check(the_desk.study(), "--html", the_desk.html, "--csv", the_desk.csv) == 0

    assert the_desk.html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert len(list(csv.reader(the_desk.csv.open(encoding="utf-8")))) == 2
    assert the_desk.printed().splitlines()[-2:] == [str(the_desk.html), str(the_desk.csv)]


def test_several_studies_give_one_table(the_desk: Desk) -> None:
    the_desk.study("archive/may", field_t=7.0)
    the_desk.study("archive/june", Vendor.CANON_ENHANCED)
    archive = the_desk.folder / "archive"

    document = the_desk.document(archive, "--html", the_desk.html, "--csv", the_desk.csv)

    rows = {row["study"]: row for row in csv.DictReader(the_desk.csv.open(encoding="utf-8"))}
    assert {name: row["field_strength"] for name, row in rows.items()} == {"may": "not_met", "june": "met"}
    assert document["schema"] == "hnn-pwi-audit/1"
    assert sorted(each["study"] for each in document["studies"]) == ["june", "may"]
    assert "2 studies" in the_desk.html.read_text(encoding="utf-8")
    assert the_desk.check(archive) == 0
    assert any("not met: field_strength" in line for line in the_desk.printed().splitlines())


def test_studies_may_be_given_one_by_one(the_desk: Desk) -> None:
    studies = (the_desk.study("a"), the_desk.study("b", Vendor.CANON_ENHANCED))
    assert len(the_desk.document(*studies)["studies"]) == 2


@pytest.mark.parametrize("vendor", [Vendor.SIEMENS, Vendor.GE, Vendor.PHILIPS_ENHANCED])
def test_no_planted_identifier_comes_out(the_desk: Desk, vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    study = the_desk.study("study", vendor)
    assert the_desk.check(study, "--json", "--html", the_desk.html, "--csv", the_desk.csv) == 0
    assert the_desk.check(study) == 0
    captured = capsys.readouterr()

    results = (captured.out, captured.err, the_desk.html.read_text("utf-8"), the_desk.csv.read_text("utf-8"))

    assert [planted for planted in PLANTED_IDENTIFIERS for text in results if planted in text] == []


@pytest.mark.parametrize("changes", [{"Modality": "CT"}, {"Rows": 0}, {"ImagePositionPatient": Left.EMPTY}])
def test_no_planted_identifier_comes_out_of_a_study_that_is_strange(
    the_desk: Desk, changes: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    study = write_study(passing_plan(Vendor.CANON_ENHANCED).changed(**changes), the_desk.folder / "study")
    assert the_desk.check(study, "--html", the_desk.html) in (0, 2)
    captured = capsys.readouterr()
    page = the_desk.html.read_text("utf-8") if the_desk.html.exists() else ""
    assert [planted for planted in PLANTED_IDENTIFIERS if planted in captured.out + captured.err + page] == []


def test_what_cannot_be_used_is_refused_in_one_line_and_nothing_is_written(the_desk: Desk) -> None:
    study = the_desk.study()
    empty = the_desk.folder / "empty"
    empty.mkdir()
    outputs = ("--html", the_desk.html, "--csv", the_desk.csv)

    assert "no DICOM image" in the_desk.refusal(empty, *outputs)
    assert "missing" in the_desk.refusal(the_desk.folder / "missing", *outputs)
    assert "PATH is empty" in the_desk.refusal("", *outputs)
    assert "choose one of diagnosis" in the_desk.refusal(study, "--indication", "screening", *outputs)
    assert "answers.json" in the_desk.refusal(study, "--answers", the_desk.folder / "answers.json", *outputs)
    bad = the_desk.file("bad.toml", 'edition = "x"\n[[criterion]]\nid = "axial"\nsource = "nobody"\n')
    assert "axial" in the_desk.refusal(study, "--rules", bad, *outputs)
    absent = the_desk.folder / "absent" / "audit.csv"
    assert "absent" in the_desk.refusal(study, "--html", the_desk.html, "--csv", absent)


def test_results_never_replace_each_other_or_what_is_read(the_desk: Desk) -> None:
    study, answers = the_desk.study(), the_desk.answers(FLUSH)

    assert "two names" in the_desk.refusal(study, "--html", the_desk.html, "--csv", the_desk.html)
    assert "replace a file that is read" in the_desk.refusal(study, "--answers", answers, "--html", answers)
    image = min((study / "dce").iterdir())
    before = image.read_bytes()
    assert "replace a DICOM file" in the_desk.refusal(study, "--html", image)
    assert image.read_bytes() == before


def test_answers_for_several_studies_are_refused(the_desk: Desk) -> None:
    studies = (the_desk.study("a"), the_desk.study("b", Vendor.CANON_ENHANCED))
    assert "found 2" in the_desk.refusal(*studies, "--answers", the_desk.answers(FLUSH))
