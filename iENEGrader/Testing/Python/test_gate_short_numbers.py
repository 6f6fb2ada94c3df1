"""Numbers of up to four digits, and common names with a letter: found where they identify, and not elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.export.deidentify import Identifier, Identifiers, Kind, require_clean
from iENEGraderLib.export.deidentify.search import Search
from planting_places import dicom_with, zipped

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom import Dataset


def of(kind: Kind, value: str) -> Identifiers:
    return Identifiers(frozenset({Identifier(kind, value)}))


def found(kind: Kind, value: str, text: str) -> bool:
    return Search(of(kind, value)).in_text(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "PatientID: 1001", "AccessionNumber: 1001", "StudyID: 1001", "RequestedProcedureID: 1001", "AdmissionID: 1001",
        "PlacerOrderNumberImagingServiceRequest: 1001", "FillerOrderNumberImagingServiceRequest: 1001",
        "PatientID: 01001", "ImageComments: 1001", "SeriesDescription: 1001", "TextValue: 1001", "patient 'id' = 1001",
        '{"accession_number": "1001"}', '{"accession_number":1001}', '{"id": "1001"}', '{"mrn": ["1001"]}',
        '{"identifier": [{"system": "urn:x", "value": "1001"}]}', '{"reference": "Patient/1001"}', "case id: 1001",
        "<b>Accession</b>: 1001", "order number: 1001", "pid=1001", "note: 1001", "MRN 'x', mrn: 1001",
        "size_mm,patient_id\n12.5,7\n24.0,1001\n", "patient_id;size_mm\n7;12.5\n1001;24.0\n",
        '"size","accession number"\n"24.0","01001"\n', "name\tid\nx y\t1001",
    ],
)  # fmt: skip
def test_a_short_number_is_found_as_what_identifies(text: str) -> None:
    assert found(Kind.ACCESSION, "1001", text)


@pytest.mark.parametrize(
    "text",
    [
        "CodeValue: 1001", "NumericValue: 1001", "InstanceNumber: 1001", "volume 1001 mm3", "Rows: 1001",
        '"volume_mm3": 1001', "left: 1001px", "description: 1001 voxels", "PatientID: 1001.5", "PatientID: 10012",
        "case_id,volume_mm3\nHNN-7F3K-92QD,1001\n", '{"id": "1001-a"}', '"dicom/images/1001.dcm"', "0 1001 obj",
    ],
)  # fmt: skip
def test_a_short_number_is_no_id_among_codes_and_values(text: str) -> None:
    assert not found(Kind.ACCESSION, "1001", text)


def test_zeros_before_a_short_number_tell_nothing() -> None:
    assert found(Kind.PATIENT_ID, "0012", "PatientID: 12")
    assert found(Kind.PATIENT_ID, "0012", "PatientID: 0012")
    assert found(Kind.PATIENT_ID, "12", "PatientID: 0012")


def test_a_number_of_five_digits_is_found_anywhere() -> None:
    assert found(Kind.PATIENT_ID, "10012", "volume 10012 mm3")
    assert require_nothing_loose("10012")
    assert not require_nothing_loose("1001")


def require_nothing_loose(number: str) -> bool:
    from iENEGraderLib.export.deidentify.search import weak_kinds

    return weak_kinds(of(Kind.PATIENT_ID, number)) == ()


def test_our_own_numbered_images_are_no_ids_and_other_names_of_files_are(tmp_path: Path) -> None:
    (tmp_path / "0012.dcm").write_text("nothing")
    require_clean(tmp_path, of(Kind.PATIENT_ID, "0012"))

    for name in ("0012.nrrd", "ct-0012.dcm", "0012", "0012.dcm.txt"):
        (tmp_path / name).write_text("nothing")
        with pytest.raises(InputError, match=r"name of file or folder .*patient id"):
            require_clean(tmp_path, of(Kind.PATIENT_ID, "0012"))
        (tmp_path / name).unlink()


def test_names_within_archives_count_alike(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped("nothing", name="images/0012.dcm"))
    require_clean(tmp_path, of(Kind.PATIENT_ID, "0012"))
    (tmp_path / "a.zip").write_bytes(zipped("nothing", name="images/of 0012.dcm"))
    with pytest.raises(InputError, match="patient id"):
        require_clean(tmp_path, of(Kind.PATIENT_ID, "0012"))


def _measured(data: Dataset, text: str) -> None:
    data.NumericValue, data.CodeValue = text, text


def _named(data: Dataset, text: str) -> None:
    data.AccessionNumber = text


def test_values_of_a_report_are_no_order_numbers_and_the_order_number_is(tmp_path: Path) -> None:
    for number in ("1001", "1011", "101"):
        (tmp_path / "report.dcm").write_bytes(dicom_with(_measured, number))
        require_clean(tmp_path, of(Kind.ACCESSION, number))
        (tmp_path / "report.dcm").write_bytes(dicom_with(_named, number))
        with pytest.raises(InputError, match="accession or order number"):
            require_clean(tmp_path, of(Kind.ACCESSION, number))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Level^A", "the level above it"), ("Level^A", "at this level a node"), ("Level^V", "in level V of it"),
        ("Stage^I", "stage I"), ("Small^S", "of small size"), ("Case^Node", "showcase nodes"),
        ("Node^D", "Segment0_Name:=node_dorsal"), ("Wolf^N", "own wolfram"), ("Hall^B", "a shallbow"),
        ("Henson^A", "the hens on a farm"),
    ],
)  # fmt: skip
def test_a_surname_and_one_letter_do_not_count_within_words(name: str, text: str) -> None:
    assert not found(Kind.PATIENT_NAME, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Level^A", "patient: Level"), ("Level^A", "patient: Level, A"), ("Level^Anna", "by Anna Level"),
        ("Small^K", "by K. Small"), ("Case^Node", "Mr Case Node"), ("Wolf^N", "by Wolf"), ("Wolf^N", "N. Wolf"),
        ("Case^Ottilie", "xCaseOttilie"), ("Henson^A", "xHensons"), ("Ng^Mei Ling", "xNgMeiLings"),
        ("Stage^I", "OperatorsName: Stage^I"), ("Stage^I", '"reader": "Stage"'),
    ],
)  # fmt: skip
def test_such_a_name_is_found_where_it_is_one(name: str, text: str) -> None:
    assert found(Kind.PATIENT_NAME, name, text)


def test_four_letters_in_an_embedded_picture_are_no_name() -> None:
    picture = "ojLLGCbn2Vq2QcAzgC7kGxaeJsnT0x4pK9ghbkX1zi5eaDdvI4"
    for name in ("Anna", "Ann^X"):
        assert not found(Kind.PATIENT_NAME, name, f"{picture}/0{name.replace('^', '+')}4{picture}")
        assert found(Kind.PATIENT_NAME, name, f"{picture} {name} {picture}")
