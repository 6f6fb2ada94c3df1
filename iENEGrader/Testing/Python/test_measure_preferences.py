"""Named thresholds without a published basis, and the classes of evidence."""

from __future__ import annotations

import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import strategies as st
from iENEGraderLib.measure.evidence_class import EvidenceClass, class_of
from iENEGraderLib.measure.preferences import default_preferences, load_preferences

LENGTH = "spikes.least_length_mm"


@pytest.fixture
def a_preferences_file(tmp_path):
    return tmp_path / "ours.toml"


def test_every_preference_says_what_it_is_for_and_that_it_is_not_published():
    for row in default_preferences().rows:
        assert row.meaning
        assert row.remark
        assert row.unit in {"mm", "mm2", "deg", "1", "mg/mL", "[hnsf'U]"}, row.name
        assert row.is_default


def test_a_preference_reads_as_a_sentence_with_its_unit_and_remark():
    text = str(default_preferences().named(LENGTH))
    assert "1.5 mm" in text
    assert "no published value" in text


def test_hounsfield_units_are_written_as_readers_write_them():
    text = str(default_preferences().named("veins.muscle_hu"))
    assert " HU (" in text
    assert "hnsf" not in text


def test_the_preferences_of_a_part_are_found_by_its_name():
    names = [row.name for row in default_preferences().of("veins")]
    assert "veins.compressed_area_share" in names
    assert all(name.startswith("veins.") for name in names)


def test_a_file_changes_the_numbers_it_names_and_says_so_beside_the_result(a_preferences_file):
    a_preferences_file.write_text("[spikes]\nleast_length_mm = 2\n")
    changed = load_preferences(a_preferences_file)
    assert changed.value(LENGTH) == 2.0
    assert "changed by the user" in str(changed.named(LENGTH))
    assert changed.value("veins.compressed_area_share") == default_preferences().value("veins.compressed_area_share")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[spikes]\nleast_lenght_mm = 2\n", "no preference 'spikes.least_lenght_mm'"),
        ('[spikes]\nleast_length_mm = "2"\n', "give a number"),
        ("[spikes]\nleast_length_mm = -1\n", "give a number"),
        ("[spikes]\nleast_length_mm = nan\n", "give a number"),
        ("[spikes]\nleast_length_mm = true\n", "give a number"),
        ("spikes = 2\n", "is no table"),
        ("[spikes\n", "cannot be read as TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_reason(a_preferences_file, text, complaint):
    a_preferences_file.write_text(text)
    with pytest.raises(InputError, match=complaint) as error:
        load_preferences(a_preferences_file)
    assert "ours.toml" in str(error.value)


def test_a_file_that_is_not_there_is_refused(a_preferences_file):
    with pytest.raises(InputError, match=r"ours\.toml"):
        load_preferences(a_preferences_file)


def test_an_unknown_name_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        default_preferences().value("spikes.unheard_of")


@pytest.mark.parametrize(
    ("value", "uncertainty", "expected"),
    [
        (270.0, 0.0, EvidenceClass.MET),
        (269.9, 0.0, EvidenceClass.NOT_MET),
        (275.0, 5.0, EvidenceClass.MET),
        (274.0, 5.0, EvidenceClass.INDETERMINATE),
        (265.0, 5.0, EvidenceClass.INDETERMINATE),
        (264.0, 5.0, EvidenceClass.NOT_MET),
    ],
)
def test_a_value_is_decided_only_when_its_whole_band_lies_on_one_side(value, uncertainty, expected):
    assert class_of(value, 270.0, uncertainty) is expected


@given(st.floats(0, 360), st.floats(0, 360), st.floats(0, 60), st.floats(0, 60))
def test_more_uncertainty_never_decides_more(value, threshold, small, more):
    narrow, wide = class_of(value, threshold, small), class_of(value, threshold, small + more)
    assert wide in {narrow, EvidenceClass.INDETERMINATE}
