from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from identity_builders import a_named_image
from iENEGraderLib.export.deidentify import (
    Identifier,
    Identifiers,
    Kind,
    of_attributes,
    of_datasets,
    of_paths,
    of_reading,
    require_clean,
)
from iENEGraderLib.export.deidentify.search import Search
from iENEGraderLib.reading import reading_from_text, signed
from reading_builders import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path


def search_for(kind: Kind, value: str) -> Search:
    return Search(Identifiers(frozenset({Identifier(kind, value)})))


def found(kind: Kind, value: str, text: str) -> bool:
    return search_for(kind, value).in_text(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "Jörg", "JÖRG", "jorg", "Joerg", "Vandermühle", "VANDERMUEHLE", "vandermuhle", "Mr Vandermu\u0308hle",
        "Jörg Vandermühle", "Vandermühle, Jörg", "vandermuehle_joerg", "JörgVandermühle", "ct-vandermuhle-2",
        "xVandermühles", "Jorg^Vandermuhle",
    ],
)  # fmt: skip
def test_a_name_is_found_in_any_order_and_spelling(text: str) -> None:
    assert found(Kind.PATIENT_NAME, "Vandermühle^Jörg", text)


@pytest.mark.parametrize("text", ["Jörgensen", "major", "georg", "vander muhle", "the margin of node N1"])
def test_other_words_are_no_name(text: str) -> None:
    assert not found(Kind.PATIENT_NAME, "Vandermühle^Jörg", text)


@pytest.mark.parametrize(
    "text",
    [
        "19740905", "1974-09-05", "1974/09/05", "1974.09.05", "05.09.1974", "09/05/1974", "5.9.1974", "9/5/1974",
        "5/9/74", "05.09.74", "74-09-05", "5 September 1974", "September 5, 1974", "5. Sept. 1974", "05-SEP-1974",
        "September 5th, 1974", "5 septembre 1974", "19740905101530", "19740905101530.25+0100", "born:1974-09-05T00:00",
    ],
)  # fmt: skip
def test_a_date_is_found_however_it_is_written(text: str) -> None:
    assert found(Kind.BIRTH_DATE, "19740905", text)


@pytest.mark.parametrize(
    "text",
    ["0.19740905", "119740905", "197409051", "1974-09-06", "59.74", "5 9 74", "15 September 1974", "1.19740905e3"],
)
def test_other_numbers_are_no_date(text: str) -> None:
    assert not found(Kind.BIRTH_DATE, "19740905", text)


def test_ids_are_found_with_other_signs_between_their_parts() -> None:
    for text in ("AB-0042/7", "ab00427", "AB_0042_7", "id=AB 0042 7;"):
        assert found(Kind.PATIENT_ID, "AB-0042/7", text)
    assert not found(Kind.PATIENT_ID, "AB-0042/7", "AB-0043/7")


def test_a_number_counts_as_a_whole_number_and_not_within_a_fraction() -> None:
    assert found(Kind.PATIENT_ID, "48213", "patient 48213.")
    assert found(Kind.PATIENT_ID, "48213", "x48213y")
    for text in ("0.48213", "148213", "482130", "48213.5"):
        assert not found(Kind.PATIENT_ID, "48213", text)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Kind.PATIENT_ID, "1"), (Kind.PATIENT_NAME, "Li^An"), (Kind.PATIENT_NAME, "Border"), (Kind.ACCESSION, "77")],
)
def test_short_and_common_values_count_only_after_a_label(tmp_path: Path, kind: Kind, value: str) -> None:
    word = value.partition("^")[0]
    page = tmp_path / "page.html"
    page.write_text(f"<p style='border: {word}px'>node 1, {word} mm in case of some {word}</p>")
    identifiers = Identifiers(frozenset({Identifier(kind, value)}))

    report = require_clean(tmp_path, identifiers)

    assert report.loosely_checked == (kind,)
    for text in (f"PatientID: {word}", f'"patient_name": "{word}"', f"<patient>{word}</patient>", f"name={word}"):
        page.write_text(text)
        with pytest.raises(InputError, match=str(kind)):
            require_clean(tmp_path, identifiers)


@pytest.mark.parametrize("text", ["ImageOrientationPatient: 1", "PatientPosition: 1", "reader: 1.5", "encasement: 1"])
def test_a_short_id_is_not_found_in_numbers_of_every_image(text: str) -> None:
    assert not found(Kind.PATIENT_ID, "1", text)


def test_initials_are_no_names_and_stand_in_markup() -> None:
    assert not found(Kind.PATIENT_NAME, "Schulze^P", "a physician decides.</p>")
    assert found(Kind.PATIENT_NAME, "Schulze^P", "by P. Schulze")


def test_two_short_names_beside_each_other_count() -> None:
    assert found(Kind.PATIENT_NAME, "Li^An", "by An Li")
    assert not found(Kind.PATIENT_NAME, "Li^An", "in an line")


def test_names_of_files_count_by_what_is_particular_in_them() -> None:
    search = Search(of_paths(["/data/inbox/Vandermuehle_CT_19740905/neck ct 1.nrrd"]))

    assert search.in_text("from vandermuehle") is Kind.FILE_NAME
    assert search.in_text("of 19740905") is Kind.FILE_NAME
    assert search.in_text("neck ct 1, inbox, data") is Kind.FILE_NAME
    assert search.in_text("neck ct 1 of the data") is None


def test_names_of_files_are_gathered_without_their_endings() -> None:
    paths = ["/a/b/Vandermuehle 3.seg.nrrd", "/a/b/1.2.276.0.4711", "/a/b/ct.1.nii.gz"]
    assert {one.value for one in of_paths(paths).found} == {"a", "b", "Vandermuehle 3", "1.2.276.0.4711", "ct.1"}


def test_voxels_are_searched_for_long_values_alone() -> None:
    rng = np.random.default_rng(1)
    voxels = rng.integers(-1000, 2000, 400_000).astype("<i2").tobytes()
    long, short = search_for(Kind.PATIENT_NAME, "Vandermühle"), search_for(Kind.PATIENT_NAME, "Anna")

    assert long.in_bytes(voxels + "VANDERMÜHLE".encode("latin-1") + voxels) is Kind.PATIENT_NAME
    assert long.in_bytes(voxels + "Vandermühle".encode() + voxels) is Kind.PATIENT_NAME
    assert long.in_bytes(voxels) is None
    assert short.in_bytes(voxels + b"Anna") is None


def test_all_identifying_attributes_of_an_image_are_gathered() -> None:
    values = {(one.kind, one.value) for one in of_datasets([a_named_image()]).found}

    assert {kind for kind, _ in values} == set(Kind) - {Kind.FILE_NAME, Kind.CASE_ID}
    assert (Kind.PERSON, "Quastenflosser^Ute") in values
    assert (Kind.PATIENT_NAME, "Brückmöller^Anna Sophie^^Dr.") in values
    assert not [value for _, value in values if value.startswith("1.2.840.10008.")]


@pytest.mark.parametrize(
    ("keyword", "value", "kind"),
    [
        ("RetrieveAETitle", "NORDPACS", Kind.DEVICE), ("InstanceCreationDate", "20240301", Kind.EXAMINATION_DATE),
        ("FrameAcquisitionDateTime", "20240301101530", Kind.EXAMINATION_DATE),
        ("VerifyingObserverName", "Quasten^Ute", Kind.PERSON), ("ConcatenationUID", "1.2.276.4711", Kind.UID),
    ],
)  # fmt: skip
def test_attributes_that_no_list_names_are_gathered_by_their_type(keyword: str, value: str, kind: Kind) -> None:
    import pydicom

    inner, data = pydicom.Dataset(), pydicom.Dataset()
    setattr(inner, keyword, value)
    data.ReferencedStudySequence = [inner]
    for each in (inner, data):
        assert {(one.kind, one.value) for one in of_datasets([each]).found} == {(kind, value)}


def test_each_of_several_values_is_gathered() -> None:
    import pydicom

    data = pydicom.Dataset()
    data.OperatorsName = ["Quasten^Ute", "Flosser^Bo"]
    assert {one.value for one in of_datasets([data]).found} == {"Quasten^Ute", "Flosser^Bo"}


def test_words_of_any_report_count_after_a_label_unless_they_are_an_address() -> None:
    assert not found(Kind.DEVICE, "Report", "a report of it")
    assert found(Kind.DEVICE, "Report", "OperatorsName: Report")
    assert found(Kind.CONTACT, "Border", "at the border of it")


def test_a_code_of_two_or_three_signs_counts_after_a_label_alone() -> None:
    assert not found(Kind.ACCESSION, "A7", "segment A7 of the neck")
    assert found(Kind.ACCESSION, "A7", "AccessionNumber: A7")


def test_attributes_of_a_scene_are_gathered_by_their_names() -> None:
    attributes = {
        "DICOM.PatientName": "A^B", "DICOM.PatientBirthDate": "19740905", "DICOM.Modality": "CT", "Birth": "no",
        "DICOM.ReferringPhysicianName": "Q^U", "DICOM.instanceUIDs": "", "DICOM.SeriesInstanceUID": "1.2.276.5",
        "DICOM.StudyDate": "20240301", "DICOM.OtherPatientIDs": "471\\472\\ ",
    }  # fmt: skip

    assert {(one.kind, one.value) for one in of_attributes(attributes).found} == {
        (Kind.PATIENT_NAME, "A^B"),
        (Kind.BIRTH_DATE, "19740905"),
        (Kind.PERSON, "Q^U"),
        (Kind.UID, "1.2.276.5"),
        (Kind.EXAMINATION_DATE, "20240301"),
        (Kind.PATIENT_ID, "471"),
        (Kind.PATIENT_ID, "472"),
    }


def test_case_id_and_reader_of_a_reading_are_gathered() -> None:
    reading = replace(reading_from_text(EXAMPLE, "example"), case_id="Vandermühle 3", reader="Quastenflosser")

    assert {one.value for one in of_reading(reading).found} == {"Vandermühle 3", "Quastenflosser"}


def test_who_signed_a_reading_is_gathered() -> None:
    locked = signed(replace(reading_from_text(EXAMPLE, "example"), reader="R1"), "Quasten", "2026-11-22T11:00:00Z")

    assert "Quasten" in {one.value for one in of_reading(locked).found}


def test_values_are_not_shown_when_printed() -> None:
    assert "Vander" not in repr(Identifiers(frozenset({Identifier(Kind.PATIENT_NAME, "Vandermühle")})))
