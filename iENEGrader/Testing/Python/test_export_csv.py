"""The CSV file: one row for each node, every column documented, nothing lost and nothing that runs as a formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from export_builders import a_reading
from HeadNeckNodesLib.errors import InputError
from hypothesis import HealthCheck, given, settings
from iENEGraderLib.export.tables.columns import Part, columns, measured_columns
from iENEGraderLib.export.tables.csv_rows import case_rows, csv_text, rows_of_text
from iENEGraderLib.measure.case.evidence.words import Kind, PerfusionKind
from iENEGraderLib.measure.map_values import SpectralKind
from iENEGraderLib.reading import Certainty, Evidence, FindingKind, Reading, signed
from iENEGraderLib.rules import assess
from reading_builders import readings

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS_OF_EXPORT = ("volume", "contact_length", "contact_sections")
"""Measured when a case is exported."""
KINDS_OF_BASICS = ("greatest_dimension", "short_axis", "midline_distance", "depth_below_cricoid")


def the_rows(reading: Reading) -> list[dict[str, str]]:
    """Rows as a program of a study reads them."""
    text = csv_text(case_rows(reading, assess(reading)))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def with_evidence(*evidence: Evidence) -> Reading:
    """The reading with this evidence on its first node."""
    reading = a_reading()
    return reading.with_node(replace(reading.node("A"), evidence=evidence))


def test_each_node_has_a_row_and_the_case_is_repeated() -> None:
    first, second = the_rows(a_reading())
    assert (first["node_id"], second["node_id"]) == ("A", "B")
    assert first["case_id"] == second["case_id"] == "X1"
    assert first["t_category"] == second["t_category"] == "T2"
    assert (first["grade"], second["grade"], second["case_grade"]) == ("1", "0", "1")
    assert first["side"] == "right"
    assert second["side"] == "left"


def test_stages_are_those_of_the_rules_by_edition() -> None:
    reading = a_reading()
    row = the_rows(reading)[0]
    for each in assess(reading).staging:
        assert (row[f"n_{each.edition.lower()}"], row[f"stage_{each.edition.lower()}"]) == (each.n, each.stage)
    assert row["not_staged"] == ""


def test_a_finding_keeps_its_certainty_and_one_that_was_not_assessed_is_empty() -> None:
    row = the_rows(a_reading())[0]
    assert row["finding_fat_spikes"] == "unequivocal"
    assert row["finding_muscle_invasion"] == "equivocal"
    assert row["finding_skin_invasion"] == ""
    assert row["equivocal_grading_findings"] == "muscle_invasion"
    found = {name for name in row if name.startswith("finding_")}
    assert found == {f"finding_{kind}" for kind in FindingKind}


def test_of_several_measurements_the_greatest_stands_in_the_column_and_the_others_beside() -> None:
    row = the_rows(a_reading())[0]
    assert row["contact_angle_deg"] == "120"
    assert row["contact_angle_deg_of"] == "internal_jugular_vein"
    assert row["contact_angle_deg_uncertainty"] == ""
    assert row["further_measurements"] == "contact_angle of internal_carotid_artery = 95.5 deg (not_met)"


def test_of_vein_lumens_the_narrowest_stands_in_the_column() -> None:
    wide, narrow = (Evidence("vein_least_area", side, value, "1") for side, value in (("r", 0.9), ("l", 0.2)))
    row = the_rows(with_evidence(wide, narrow))[0]
    assert (row["vein_least_area_share"], row["vein_least_area_share_of"]) == ("0.2", "l")


def test_a_measurement_keeps_uncertainty_and_class() -> None:
    reading = a_reading()
    one = reading.node("A").evidence[:1]
    row = the_rows(with_evidence(*one))[0]
    assert row["contact_angle_deg"] == "95.5"
    assert row["contact_angle_deg_uncertainty"] == "8"
    assert row["contact_angle_deg_class"] == "not_met"


def test_a_value_in_another_unit_is_refused_and_not_converted() -> None:
    with pytest.raises(InputError, match=r"node A: contact_angle is in rad, the column contact_angle_deg expects deg"):
        the_rows(with_evidence(Evidence("contact_angle", "artery", 1.6, "rad")))


def test_a_kind_without_a_column_is_not_lost() -> None:
    row = the_rows(with_evidence(Evidence("ktrans", None, 0.25, "/min")))[0]
    assert row["further_measurements"] == "ktrans = 0.25 /min"


@pytest.mark.parametrize(("nodes", "assessed", "entries"), [([], "yes", "0"), (None, "no", "")])
def test_a_case_without_nodes_has_one_row(nodes: Sequence[object] | None, assessed: str, entries: str) -> None:
    (row,) = the_rows(a_reading(nodes=nodes))
    assert (row["node_id"], row["nodes_assessed"], row["node_entries"]) == ("", assessed, entries)


def test_a_case_that_cannot_be_staged_says_in_which_editions() -> None:
    row = the_rows(a_reading(site=None))[0]
    assert row["not_staged"] == "UICC9; AJCC_current; TNM8"
    assert row["n_uicc9"] == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1"])
def test_text_of_a_reader_never_runs_as_a_formula(text: str) -> None:
    row = the_rows(replace(a_reading(), case_id=text, reader=text))[0]
    assert row["case_id"] == row["reader"] == f"'{text}"


def test_negative_numbers_stay_numbers() -> None:
    row = the_rows(with_evidence(Evidence("midline_distance", None, -21.5, "mm")))[0]
    assert float(row["midline_distance_mm"]) == -21.5


def test_a_locked_reading_says_so_and_one_that_was_changed_since_as_well() -> None:
    locked = signed(a_reading(), "R1", "2026-11-22T11:00:00Z")
    assert the_rows(locked)[0]["locked"] == "yes"
    assert the_rows(replace(locked, reader="R2"))[0]["locked"] == "changed"
    assert the_rows(a_reading())[0]["locked"] == "no"


def test_commas_quotes_lines_and_letters_of_any_language_survive() -> None:
    odd = 'Größe, "quoted"\nsecond line 頸部'
    assert the_rows(replace(a_reading(), reader=odd))[0]["reader"] == odd


def test_every_kind_that_is_measured_has_a_column_of_its_unit() -> None:
    kinds = {each.kind for each in measured_columns()}
    assert kinds == {*KINDS_OF_BASICS, *KINDS_OF_EXPORT, *Kind, *SpectralKind, *PerfusionKind}


def test_values_of_perfusion_stand_in_their_columns_with_their_method() -> None:
    how = "not recommended for N staging; median of 20 of 22 voxels; DCE-MRI, extended Tofts model"
    row = the_rows(with_evidence(Evidence("perfusion_ktrans", None, 0.25, "/min", None, how)))[0]
    assert row["perfusion_ktrans_per_min"] == "0.25"
    assert row["perfusion_ktrans_per_min_method"] == how
    (column,) = [each for each in columns() if each.name == "perfusion_ktrans_per_min"]
    assert (column.unit, "not recommended for N staging" in column.meaning) == ("/min", True)


def test_every_column_has_a_name_of_its_own_and_a_meaning() -> None:
    found = columns()
    assert len({each.name for each in found}) == len(found)
    assert all(each.meaning and each.name.isidentifier() for each in found)
    order = list(Part)
    parts = [order.index(each.part) for each in found]
    assert parts == sorted(parts)


def test_what_is_written_is_read_back_and_another_table_is_refused() -> None:
    reading = a_reading()
    rows = case_rows(reading, assess(reading))
    assert rows_of_text(csv_text(rows)) == rows
    with pytest.raises(InputError, match="its columns are not those of this version"):
        rows_of_text("a,b\r\n1,2\r\n", "old.csv")


@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
@given(readings())
def test_every_reading_gives_rows_whose_findings_are_those_of_the_reading(reading: Reading) -> None:
    units = {each.kind: each.unit for each in measured_columns()}
    nodes = [
        replace(node, evidence=tuple(e for e in node.evidence if e.kind not in units)) for node in reading.nodes or ()
    ]
    plain = reading if reading.nodes is None else reading.with_nodes(nodes)
    rows = rows_of_text(csv_text(case_rows(plain, assess(plain))))
    assert len(rows) == max(1, len(plain.nodes or ()))
    names = [each.name for each in columns()]
    for node, row in zip(plain.nodes or (), rows, strict=False):
        cells = dict(zip(names, row, strict=True))
        for kind in FindingKind:
            certainty = node.certainty_of(kind)
            assert cells[f"finding_{kind}"] == ("" if certainty is None else str(Certainty(certainty)))
