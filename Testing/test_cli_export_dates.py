"""`hnn export --deidentify on`: every date is moved, those of the files that the program makes too."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from export_builders import write_case, write_map
from hnn.cli.main import main
from iENEGraderLib.export import pdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from export_builders import CaseFolder

ALL = "dicom-seg,dicom-sr,parametric-map,teaching-file,report,csv,fhir"
A_DOCUMENT = (
    b"%PDF-1.4\n1 0 obj\n<</Creator (a browser)\n"
    b"/CreationDate (D:20261122115100+00'00')\n/ModDate (D:20261122115100)>>\n"
    b"endobj\ntrailer <</Info 1 0 R>>\n%%EOF"
)


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing has a test of its own."""
    monkeypatch.setattr(pdf, "BROWSERS", ())


@pytest.fixture
def an_export(tmp_path: Path) -> Callable[..., int]:
    """Run the command into the folder `out` with a key of its own."""

    def export(*arguments: object, to: str) -> int:
        places = ["--out", str(tmp_path / "out"), "--key", str(tmp_path / "own.key")]
        return main(["export", *map(str, arguments), "--to", to, *places])

    return export


def changed(case: CaseFolder, **values: str) -> None:
    """Change attributes of all images of a case."""
    import pydicom

    for path in case.dicom.iterdir():
        data = pydicom.dcmread(path)
        for keyword, value in values.items():
            setattr(data, keyword, value)
        data.save_as(path, enforce_file_format=True)


def dates_in(data: Any) -> dict[str, str]:
    """Return all dates of an object, in sequences too."""
    found = {}
    for element in data.iterall():
        if element.VR in ("DA", "DT") and element.value:
            found[element.keyword] = str(element.value)[:8]
    return found


@pytest.mark.parametrize("dicom", [True, False], ids=["DICOM", "no DICOM"])
def test_a_patient_examined_and_read_today_is_exported_with_moved_dates_alone(
    tmp_path: Path, an_export: Callable[..., int], dicom: bool
) -> None:
    import pydicom

    now = datetime.now(UTC)
    case = write_case(tmp_path / f"{now:%Y-%m-%d}" / "a", dicom=dicom, read_at=f"{now:%Y-%m-%dT%H:%M:%SZ}")
    if dicom:
        changed(case, StudyDate=f"{now:%Y%m%d}", InstanceCreationDate=f"{now:%Y%m%d}")
    write_map(case.folder / "iodine.nrrd", "iodine", "mg/mL", 2.5)
    assert an_export(case.folder, "--deidentify", "on", to=ALL) == 0

    (folder,) = (tmp_path / "out").iterdir()
    moved = json.loads((folder / "export.json").read_text(encoding="utf-8"))["made_at"]
    assert 20 <= now.year - int(moved[:4]) <= 41
    assert moved in (folder / "report.html").read_text(encoding="utf-8")
    assert json.loads((folder / "fhir.json").read_text(encoding="utf-8"))["timestamp"] == moved
    objects = [pydicom.dcmread(path) for path in (folder / "dicom").rglob("*.dcm")]
    assert {each.SOPClassUID.name.split(" Storage")[0] for each in objects} >= {"Segmentation", "Parametric Map"}
    for each in objects:
        assert set(dates_in(each).values()) == {moved[:10].replace("-", "")}, each.SOPClassUID.name


def test_the_day_of_the_examination_stands_for_that_of_the_export_when_no_time_of_reading_is_stated(
    tmp_path: Path, an_export: Callable[..., int]
) -> None:
    import pydicom

    case = write_case(tmp_path / "a", dicom=True, read_at="")
    changed(case, StudyDate="20260103")
    assert an_export(case.folder, "--deidentify", "on", to="dicom-sr") == 0
    (folder,) = (tmp_path / "out").iterdir()
    report = pydicom.dcmread(folder / "dicom" / "report.dcm")
    assert report.ContentDate == report.InstanceCreationDate == report.StudyDate != "20260103"


def test_a_case_without_any_date_gets_one_that_tells_nothing(tmp_path: Path, an_export: Callable[..., int]) -> None:
    case = write_case(tmp_path / "a", read_at="")
    assert an_export(case.folder, "--deidentify", "on", to="csv") == 0
    (folder,) = (tmp_path / "out").iterdir()
    assert json.loads((folder / "export.json").read_text(encoding="utf-8"))["made_at"] == "1980-01-01T00:00:00Z"


def test_objects_with_identity_say_when_they_were_made(tmp_path: Path, an_export: Callable[..., int]) -> None:
    import pydicom

    case = write_case(tmp_path / "a", dicom=True, read_at="2026-01-05T10:00:00Z")
    before = datetime.now().astimezone()
    assert an_export(case.folder, "--deidentify", "off", to="dicom-seg") == 0
    (folder,) = (tmp_path / "out").iterdir()
    made = pydicom.dcmread(folder / "dicom" / "segmentation.dcm").InstanceCreationDate
    assert f"{before:%Y%m%d}" <= made <= f"{datetime.now().astimezone():%Y%m%d}"


def test_files_copied_today_into_a_folder_of_that_name_are_exported(
    tmp_path: Path, an_export: Callable[..., int]
) -> None:
    today = f"{datetime.now().astimezone():%Y%m%d}"
    case = write_case(tmp_path / today / f"{today[:4]}-{today[4:6]}-{today[6:]}", dicom=True)
    changed(case, InstanceCreationDate=today)
    assert an_export(case.folder, "--deidentify", "on", to="dicom-seg") == 0


def test_a_printed_report_says_the_moved_date_and_stays_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def print_it(command: list[str], most_seconds: float) -> None:
        (target,) = (each.partition("=")[2] for each in command if each.startswith("--print-to-pdf="))
        Path(target).write_bytes(A_DOCUMENT)

    monkeypatch.setattr(pdf, "BROWSERS", ("python3",))
    monkeypatch.setattr(pdf, "_run", print_it)
    pdf.print_to_pdf("<p>", tmp_path / "a.pdf", moment=datetime(1996, 5, 31, 10, 0, tzinfo=UTC))
    printed = (tmp_path / "a.pdf").read_bytes()
    assert b"/CreationDate (D:19960531100000)" in printed
    assert b"/ModDate (D:19960531100000)" in printed
    assert b"20261122" not in printed
    assert printed.index(b"trailer") == A_DOCUMENT.index(b"trailer"), "what stands behind keeps its place"

    pdf.print_to_pdf("<p>", tmp_path / "b.pdf")
    assert (tmp_path / "b.pdf").read_bytes() == A_DOCUMENT
