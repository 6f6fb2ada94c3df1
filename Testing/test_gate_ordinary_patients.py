"""Patients with ordinary names and short numbers can be exported, since what is ours tells nothing of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from export_builders import write_case
from hnn.export.case_files import case_at
from hnn.export.file_case import case_of_files
from iENEGraderLib.export import pdf
from iENEGraderLib.export.deidentify import Identifier, Identifiers, Kind, require_clean
from iENEGraderLib.export.job.exporting import ExportRequest, export_case
from iENEGraderLib.export.job.registry import targets_named
from iENEGraderLib.export.report_content import ImageOrigin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = bytes(range(32))
TARGETS = ("dicom-seg", "dicom-sr", "teaching-file", "report", "csv", "fhir")
NAMES = (
    "Smith^Jo^A", "Lee^Kim", "Long^Neck", "May^Jun", "Wolf^N", "Li^X", "Müller^Änne", "O'Brien^Pat", "Young^Neil^Case",
    "van der Berg^Jan", "Wang^Xiaoming=王^小明", "Ernst^Max", "Case^Node", "Level^A", "Level^V", "Short^A", "Small^I",
    "Stage^I", "Case^S", "Page^L", "King^S", "Mark^S", "Field^S", "Hall^B", "Stein^R", "Ng^T", "Border^T", "Node^D",
    "Angle^S", "Grade^A", "Group^B", "Klein^P", "Black^R", "Best^S", "Reader^S", "Image^X", "Do^T", "Contact^A",
)  # fmt: skip
NUMBERS = ("1", "7", "12", "77", "0001", "0012", "101", "320", "1001", "1011", "1980", "2026", "7781")


@pytest.fixture(scope="module")
def an_export(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The files of a case with everything that names its patient left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "BROWSERS", ())
        folder = tmp_path_factory.mktemp("ordinary")
        files = write_case(folder / "Vandermuehle" / "neck", dicom=True, case_id="Vandermuehle-a", reader="Brackenbury")
        case = case_of_files(case_at(files.folder), ImageOrigin.REAL)
        request = ExportRequest(
            targets_named(TARGETS), folder / "out", bytes(range(32)), replaces=False, software="x 1"
        )
        yield export_case(case, request, "fingerprint", lambda _: None).folder


def of(kind: Kind, values: tuple[str, ...]) -> Identifiers:
    return Identifiers(frozenset(Identifier(kind, value) for value in values))


def test_the_images_of_the_export_have_numbers_for_names(an_export: Path) -> None:
    assert (an_export / "dicom" / "images" / "0012.dcm").is_file()


@pytest.mark.parametrize("kind", [Kind.PATIENT_NAME, Kind.PERSON])
def test_patients_and_physicians_of_ordinary_names_can_be_exported(an_export: Path, kind: Kind) -> None:
    files = [path for path in an_export.rglob("*") if path.is_file()]
    assert require_clean(an_export, of(kind, NAMES)).files == len(files) > 12


@pytest.mark.parametrize("kind", [Kind.PATIENT_ID, Kind.ACCESSION, Kind.CASE_ID, Kind.DEVICE])
def test_patients_of_short_numbers_can_be_exported(an_export: Path, kind: Kind) -> None:
    assert require_clean(an_export, of(kind, NUMBERS)).loosely_checked == (kind,)


def test_a_patient_of_short_numbers_is_exported_and_the_reader_is_told(tmp_path: Path) -> None:
    import pydicom

    files = write_case(tmp_path / "neck", dicom=True, case_id="1011", reader="Level A")
    for path in files.dicom.iterdir():
        data = pydicom.dcmread(path)
        data.PatientName, data.PatientID, data.AccessionNumber = "Lee^Kim", "0012", "1001"
        data.ReferringPhysicianName, data.OperatorsName = "Case^Node", "Level^A"
        data.save_as(path)
    case = case_of_files(case_at(files.folder), ImageOrigin.REAL)
    request = ExportRequest(targets_named(["dicom-sr", "csv"]), tmp_path / "out", KEY, replaces=False, software="x 1")

    notes = export_case(case, request, "fingerprint", lambda _: None).manifest.notes

    (note,) = [each for each in notes if "read the texts yourself" in each]
    for kind in (Kind.PATIENT_NAME, Kind.PATIENT_ID, Kind.ACCESSION, Kind.CASE_ID):
        assert kind in note
