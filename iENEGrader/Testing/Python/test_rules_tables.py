"""The rule tables: read whole, refused when they have a hole, an overlap or an unknown word."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from iENEGraderLib.reading import MCategory, NeckLevel, TCategory
from iENEGraderLib.rules import Edition, criteria, levels
from iENEGraderLib.rules.basis import basis_of, read_table
from iENEGraderLib.rules.conditions import TableError, parse_range, parse_words
from iENEGraderLib.rules.levels import level_rules
from iENEGraderLib.rules.notes import note, notes, principles
from iENEGraderLib.rules.partition import every_combination, is_defined
from iENEGraderLib.rules.sources import sources
from iENEGraderLib.rules.table_reader import FILES, build_editions, editions

RULE_FILES = (*FILES, "criteria.toml", "levels.toml", "notes.toml")


@pytest.fixture
def the_files():
    return [copy.deepcopy(read_table(name)) for name in FILES]


def n_table(files, table_id):
    return next(table for file in files for table in file.get("n_table", ()) if table["id"] == table_id)


def stage_table(files, table_id):
    return next(table for file in files for table in file.get("stage_table", ()) if table["id"] == table_id)


def chapter(files, index, chapter_id):
    return next(row for row in files[index]["chapter"] if row["id"] == chapter_id)


def test_all_three_editions_load():
    assert [edition.edition for edition in editions()] == list(Edition)


def test_a_hole_in_an_n_table_is_an_error(the_files):
    n_table(the_files, "v9.salivary.cN")["row"].pop(0)
    with pytest.raises(TableError, match=r"v9\.salivary\.cN: no row at"):
        build_editions(the_files)


def test_an_overlap_in_an_n_table_is_an_error(the_files):
    n_table(the_files, "tnm8.hpv-oropharynx.cN")["row"][0]["when"]["size_cm"] = "<=6.1"
    with pytest.raises(TableError, match="overlap"):
        build_editions(the_files)


def test_a_limit_off_by_a_millimetre_is_found(the_files):
    n_table(the_files, "tnm8.other.cN")["row"][0]["when"]["size_cm"] = "<3"
    with pytest.raises(TableError, match="no row"):
        build_editions(the_files)


def test_a_hole_and_an_overlap_in_a_stage_table_are_errors(the_files):
    row = stage_table(the_files, "v9.nasopharynx.stage")["row"]
    row[0]["N"] = ["N0", "N1"]
    row.pop(1)
    with pytest.raises(TableError, match="no row at T1 N0 M0"):
        build_editions(the_files)
    row.insert(0, {"stage": "IA", "T": ["T1", "T2"], "N": ["N0", "N1"], "M": ["M0"]})
    with pytest.raises(TableError, match=r"overlap .* at T1 N1 M0"):
        build_editions(the_files)


def test_a_stage_row_may_only_name_what_the_table_lists(the_files):
    stage_table(the_files, "v9.salivary.stage")["row"][0]["N"] = ["N0", "N3"]
    with pytest.raises(TableError, match="that the table does not list"):
        build_editions(the_files)


def test_n_and_stage_tables_of_a_chapter_must_fit(the_files):
    chapter(the_files, 0, "salivary")["clinical_stage"] = "v9.nasopharynx.stage"
    with pytest.raises(TableError, match="differ in N"):
        build_editions(the_files)


def test_a_tumour_without_chapter_or_with_two_is_an_error(the_files):
    the_files[2]["chapter"].pop()
    with pytest.raises(TableError, match="TNM8: no row at skin"):
        build_editions(the_files)
    the_files[2]["chapter"].append({**chapter(the_files, 2, "mucosal"), "when": {"site": ["skin", "larynx"]}})
    with pytest.raises(TableError, match=r"overlap .* at larynx"):
        build_editions(the_files)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda files: chapter(files, 0, "skin").update(clinical_n="nowhere"), "unknown table"),
        (lambda files: chapter(files, 0, "skin").update(when={"age": "old"}), "is none of"),
        (lambda files: n_table(files, "uicc9.other.pN").update(same_rows_as="nowhere"), "same_rows_as"),
        (lambda files: n_table(files, "v9.salivary.pN")["row"][0]["when"].update(size_cm=">1"), "not among"),
        (lambda files: n_table(files, "v9.salivary.pN")["row"][0]["when"].update(pene="maybe"), "is none of"),
        (lambda files: n_table(files, "v9.salivary.pN")["row"][0]["when"].update(count="few"), "is no range"),
        (lambda files: n_table(files, "v9.salivary.pN")["row"][0].update(sources=["NOBODY"]), "unknown: "),
        (lambda files: n_table(files, "v9.salivary.pN")["row"][0].update(sources=[]), "none given"),
        (lambda files: n_table(files, "v9.salivary.pN")["row"][0].update(confidence="sure"), "confidence must be"),
    ],
)
def test_a_table_with_an_unknown_word_is_an_error(the_files, change, message):
    change(the_files)
    with pytest.raises(TableError, match=message):
        build_editions(the_files)


def test_ranges_are_read_as_a_clinician_writes_them():
    assert [size for size in (3.0, 3.1, 6.0, 6.1) if parse_range(">3 <=6", "here").holds(size)] == [3.1, 6.0]
    assert parse_range("1", "here").holds(1)
    assert parse_range(">=2", "here").holds(2)
    assert parse_range("<2", "here").holds(1)
    with pytest.raises(TableError, match="a number was expected"):
        parse_range("1", "here").holds("one")
    assert parse_words("yes", ("yes", "no"), "here").holds("yes")


def test_only_primary_tumours_or_nodes_make_a_stage():
    assert not is_defined(TCategory.T0, "N0", MCategory.M0)
    assert is_defined(TCategory.T0, "N1", MCategory.M0)
    assert is_defined(TCategory.TIS, "N0", MCategory.M0)
    assert not is_defined(TCategory.TIS, "N1", MCategory.M0)
    assert not is_defined(TCategory.TIS, "N0", MCategory.M1)


def test_the_walk_visits_both_sides_of_every_limit():
    table = editions()[2].chapters[1].clinical_n
    assert {facts.size_cm for facts in every_combination(table)} >= {3.0, 3.1, 6.0, 6.1}
    assert not any(facts.count == 1 and facts.side == "bilateral" for facts in every_combination(table))


def test_every_rule_has_a_source_with_a_citation():
    assert all(source.citation and source.seen for source in sources().values())
    urls = [source.url for source in sources().values() if source.url]
    assert all(url.startswith("https://") for url in urls)


def test_every_level_and_every_note_is_described():
    assert set(level_rules()) == set(NeckLevel)
    assert level_rules()[NeckLevel.RETROPHARYNGEAL].retropharyngeal
    assert all(basis.text for basis in notes().values())
    assert note("size-near-limit", node="N1", size_mm=30.4, size_cm=3.0, limit_cm=3.0).matched.startswith(
        "N1 measures 30.4 mm"
    )


def test_what_rests_on_our_convention_alone_has_low_confidence():
    chapters = [chapter.basis for edition in editions() for chapter in edition.chapters]
    bases = [*notes().values(), *principles(), *(rule.basis for rule in level_rules().values()), *chapters]
    assert {basis.confidence for basis in bases if basis.sources == ("OURS",)} == {"low"}


def test_every_source_is_used_by_a_rule():
    text = "".join((Path(basis_of.__code__.co_filename).parent / name).read_text() for name in RULE_FILES)
    assert [key for key in sources() if f'"{key}"' not in text] == []


def test_a_rule_without_confidence_is_refused():
    with pytest.raises(TableError, match="confidence"):
        basis_of({"sources": ["SEED"]}, "a.rule")


def without_the_last_row(name, key):
    table = read_table(name)
    return {**table, key: table[key][:-1]}


def test_a_finding_without_criterion_is_an_error(monkeypatch):
    monkeypatch.setattr(criteria, "read_table", lambda name: without_the_last_row(name, "criterion"))
    with pytest.raises(TableError, match="every finding once"):
        criteria.criteria.__wrapped__()


def test_grade_0_needs_its_own_rule(monkeypatch):
    monkeypatch.setattr(criteria, "read_table", lambda name: without_the_last_row(name, "grade_rule"))
    with pytest.raises(TableError, match="must give grade 0"):
        criteria.grade_rules.__wrapped__()


def test_a_level_without_rule_is_an_error(monkeypatch):
    monkeypatch.setattr(levels, "read_table", lambda name: without_the_last_row(name, "level"))
    with pytest.raises(TableError, match="every neck level"):
        levels.level_rules.__wrapped__()
