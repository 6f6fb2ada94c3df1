"""The table of codes: every word of a reading has one, and standard codes are those of the standard."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import strategies as st
from iENEGraderLib.export.dicom.codes import CODES_FILE, PRIVATE_SCHEME, Group, load_codes
from iENEGraderLib.export.dicom.exact_text import dicom_text, is_exact, lps_of, ras_of, text_of
from iENEGraderLib.measure.case.evidence.words import Kind, PerfusionKind
from iENEGraderLib.measure.map_values import SpectralKind
from iENEGraderLib.reading import (
    Certainty,
    Classification,
    ClinicalEneThreshold,
    EvidenceClass,
    FindingKind,
    MarkerStatus,
    MarkKind,
    MCategory,
    NeckLevel,
    Side,
    Site,
    TCategory,
    YesNo,
)
from iENEGraderLib.rules import Edition, TorsCriterion
from iENEGraderLib.rules.table_reader import editions
from pydicom.sr._concepts_dict import concepts

if TYPE_CHECKING:
    from enum import StrEnum

MAP_OF_MEASUREMENT = {
    "iodine_concentration": "iodine",
    "fat_fraction": "fat fraction",
    PerfusionKind.KTRANS: "ktrans_per_min",
    PerfusionKind.KEP: "kep_per_min",
    PerfusionKind.VE: "ve",
    PerfusionKind.VP: "vp",
}
ROOT = Path(__file__).resolve().parents[3]
VOCABULARIES = {
    Group.CERTAINTY: Certainty,
    Group.CLASSIFICATION: Classification,
    Group.THRESHOLD: ClinicalEneThreshold,
    Group.EVIDENCE_CLASS: EvidenceClass,
    Group.FINDING: FindingKind,
    Group.MARK: MarkKind,
    Group.MARKER: MarkerStatus,
    Group.M_CATEGORY: MCategory,
    Group.LEVEL: NeckLevel,
    Group.SIDE: Side,
    Group.SITE: Site,
    Group.T_CATEGORY: TCategory,
    Group.ANSWER: YesNo,
    Group.CRITERION_STATUS: TorsCriterion,
}


@pytest.mark.parametrize("group", VOCABULARIES)
def test_every_word_of_a_vocabulary_has_a_code(group: Group) -> None:
    words: type[StrEnum] = VOCABULARIES[group]
    assert {str(word) for word in words} <= set(load_codes()[group])


def test_every_kind_of_measured_evidence_has_a_code() -> None:
    position = {"greatest_dimension", "short_axis", "midline_distance", "depth_below_cricoid"}
    assert {*map(str, Kind), *map(str, SpectralKind), *map(str, PerfusionKind), *position} <= set(
        load_codes()[Group.MEASUREMENT]
    )


def test_every_result_of_the_rules_has_a_code() -> None:
    for edition in editions():
        for chapter in edition.chapters:
            for prefix, table in (("c", chapter.clinical_n), ("p", chapter.pathological_n)):
                found = {name for row in table.rows for name in (row.n, row.other_n) if name}
                assert {prefix + name for name in (*found, "N0")} <= set(load_codes()[Group.N_CATEGORY])
            for stages in (chapter.clinical_stage, chapter.pathological_stage):
                assert {row.stage for row in stages.rows} <= set(load_codes()[Group.STAGE])
    results = load_codes()[Group.RESULT]
    assert all(f"n_{each}" in results and f"stage_{each}" in results for each in Edition)
    assert set(load_codes()[Group.GRADE]) == {"0", "1", "2", "3"}


def test_standard_codes_are_in_the_context_groups_of_the_standard() -> None:
    known = {(scheme, code) for scheme, words in concepts.items() for meanings in words.values() for code in meanings}
    ours = {
        (each.scheme, each.value)
        for rows in load_codes().values()
        for each in rows.values()
        if each.scheme not in (PRIVATE_SCHEME, "UCUM")
    }
    assert ours
    assert ours <= known


def test_private_codes_are_unique_over_the_whole_table() -> None:
    codes = load_codes()
    shared = set(codes[Group.MAP].values()) - {codes[Group.MAP]["iodine"]}
    kept = [each for group, rows in codes.items() if group is not Group.MAP for each in rows.values()]
    private = [each.value for each in (*kept, *shared) if each.is_private]
    assert len(private) == len(set(private))


def test_a_map_and_what_is_measured_in_it_have_one_code() -> None:
    codes = load_codes()
    for kind, name in MAP_OF_MEASUREMENT.items():
        assert codes[Group.MEASUREMENT][kind].is_code(codes[Group.MAP][name])


def test_concept_names_of_one_group_of_measurements_are_never_mistaken_for_each_other() -> None:
    names = [
        (each.scheme, each.value)
        for group in (Group.ITEM, Group.MEASUREMENT, Group.FINDING, Group.MARK, Group.RESULT)
        for each in load_codes()[group].values()
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('value = "3001", ', "", r"finding.smooth_margin: found the fields meaning"),
        ('value = "3001"', 'value = "3002"', r"finding.irregular_margin: has the code of smooth_margin"),
        ('value = "3001"', 'value = "12345678901234567"', "17 and 13 characters"),
        ('value = "3001"', 'scheme = "OWN", value = "3001"', "found the scheme OWN"),
        ("\n[finding]", "\n[findings]", "found the groups"),
        ("\n[finding]", "\n[finding", "cannot be read as TOML"),
    ],
)
def test_a_bad_table_is_refused_with_the_row_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = CODES_FILE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "codes.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_codes(tmp_path / "codes.toml")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_in_a_text_value(text: str) -> None:
    stored = dicom_text(text)
    assert stored
    assert stored == stored.strip()
    assert text_of(stored) == text


def test_plain_text_stands_as_it_is() -> None:
    assert dicom_text('the node is 2 mm from "A", µ²') == 'the node is 2 mm from "A", µ²'
    assert dicom_text("two\nlines") == json.dumps("two\nlines")


def test_places_with_a_tenth_of_a_millimetre_need_no_second_copy() -> None:
    place = (-12.3, 45.6, 1078.9)
    assert is_exact([place])
    assert ras_of(lps_of([place]).astype("float32").ravel().tolist()) == [list(place)]
    assert not is_exact([(1 / 3, 0.0, 0.0)])
    assert not is_exact([(1e300, 0.0, 0.0)])


def test_the_page_shows_the_table() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_codes_page.py"), "--check"],
        capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT / "iENEGrader"), "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
