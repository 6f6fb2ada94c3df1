"""Evidence from perfusion: one language in the module that measures it and in the grader that shows it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from dicom_export_builders import a_made_source
from fit_desk import Desk
from fit_studies import write_segments
from iENEGraderLib.export.dicom.sr import write_sr
from iENEGraderLib.export.dicom.sr_reading import reading_from_sr
from iENEGraderLib.export.tables.csv_rows import case_rows, csv_text
from iENEGraderLib.export.words import evidence_title, evidence_value
from iENEGraderLib.measure.case.evidence.words import PERFUSION_LABEL, PerfusionKind
from iENEGraderLib.reading import SCHEMA as READING_SCHEMA
from iENEGraderLib.reading import Evidence, load_reading, save_reading
from iENEGraderLib.rules import assess
from PWIProtocolLib.mapping import PerfusionEvidence, with_evidence
from PWIProtocolLib.mapping.reading_evidence import KINDS, LABEL, SCHEMA
from PWIProtocolLib.roi import map_kind
from rules_builders import a_node, a_reading

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = {
    "ktrans_per_min": (PerfusionKind.KTRANS, "0.250 /min"),
    "kep_per_min": (PerfusionKind.KEP, "0.250 /min"),
    "ve": (PerfusionKind.VE, "25 %"),
    "vp": (PerfusionKind.VP, "25 %"),
}
"""A quarter of each map that is handed on, as the grader shows it."""


@pytest.fixture
def the_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


@pytest.fixture
def the_reading(the_desk: Desk) -> Path:
    """A reading of two nodes, of which the first names a segment and carries other evidence."""
    angle = Evidence("contact_angle", "internal_carotid_artery", 100.0, "deg")
    old = Evidence("perfusion_kep", None, 9.0, "/min", None, "an earlier fit")
    node = replace(a_node(), segment_id="Segment_1", evidence=(angle, old))
    save_reading(a_reading("oropharynx", "T2", node, a_node()), the_desk.folder / "reading.json")
    return the_desk.folder / "reading.json"


def entry(found: dict[str, Any]) -> PerfusionEvidence:
    right, anterior, superior = found["place"]["ras_mm"]
    place = (right, anterior, superior)
    return PerfusionEvidence(found["kind"], found["value"], found["unit"], found["method"], place)


def test_label_and_form_of_the_document_are_those_of_the_grader() -> None:
    assert (LABEL, SCHEMA) == (PERFUSION_LABEL, READING_SCHEMA)


def test_every_kind_of_the_grader_is_handed_on_by_one_map() -> None:
    assert {name: kind.value for name, (kind, _shown) in SHOWN.items()} == KINDS
    assert sorted(KINDS.values()) == sorted(PerfusionKind)


@pytest.mark.parametrize("name", SHOWN)
def test_the_grader_shows_each_map_in_its_unit_and_with_the_label(name: str) -> None:
    one = Evidence(KINDS[name], None, 0.25, map_kind(name).unit)
    assert evidence_value(one) == SHOWN[name][1]
    assert f"({PERFUSION_LABEL})" in evidence_title(one)


def test_panel_and_command_write_the_same_evidence_into_a_reading(the_desk: Desk, the_reading: Path) -> None:
    segments = write_segments(the_desk.folder / "nodes.seg.nrrd", "node_1", "node_2")
    the_desk.document(
        "--dynamic", the_desk.nrrd(), "--flip-angles", the_desk.angles(), "--roi", segments, "--reading", the_reading
    )
    written = json.loads((the_desk.out / "evidence.json").read_text())["segments"]
    found = {each["segment_id"]: [entry(one) for one in each["evidence"]] for each in written}

    text, nodes = with_evidence(the_reading.read_text(), found, "reading")

    (the_desk.folder / "of_the_panel.json").write_text(text)
    assert nodes == 1
    assert load_reading(the_desk.folder / "of_the_panel.json") == load_reading(the_desk.out / "reading.json")
    assert len(found["Segment_1"]) == len(KINDS)


def test_what_is_sent_to_the_grader_is_in_its_report_and_in_its_table(the_desk: Desk, the_reading: Path) -> None:
    how = "not recommended for N staging; median of 20 of 22 voxels; DCE-MRI, extended Tofts model"
    sent = [PerfusionEvidence(kind, 0.25, map_kind(name).unit, how, (1.0, 2.0, 3.0)) for name, kind in KINDS.items()]
    text, _ = with_evidence(the_reading.read_text(), {"Segment_1": sent}, "reading")
    the_reading.write_text(text)
    reading = load_reading(the_reading)

    write_sr(reading, a_made_source(the_desk.folder / "ct"), the_desk.folder / "sr.dcm", software="test")
    table = csv_text(case_rows(reading, assess(reading)))

    assert reading_from_sr(the_desk.folder / "sr.dcm") == reading
    row = next(csv.DictReader(io.StringIO(table, newline="")))
    values = [row[name] for name in row if name.startswith("perfusion_") and not name.endswith("_method")]
    assert values == ["0.25"] * len(KINDS)
    assert row["perfusion_ve_share_method"] == how
