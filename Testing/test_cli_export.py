"""`hnn export`: what it writes of one case and of many, what it refuses in one line, and what it leaves alone."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from export_builders import SIZE_KJI, neck_labels, write_case
from hnn.cli.main import main
from iENEGraderLib.export import pdf
from iENEGraderLib.export.dicom.sr_reading import reading_from_sr
from iENEGraderLib.export.job.registry import TARGETS
from iENEGraderLib.reading import load_reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from export_builders import CaseFolder


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing has tests of its own."""
    monkeypatch.setattr(pdf, "BROWSERS", ())


@pytest.fixture
def a_case(tmp_path: Path) -> CaseFolder:
    return write_case(tmp_path / "case")


@pytest.fixture
def an_export(tmp_path: Path) -> Callable[..., int]:
    """Run the command into the folder `out`."""

    def export(*arguments: object, to: str = "csv") -> int:
        return main(["export", *map(str, arguments), "--to", to, "--out", str(tmp_path / "out")])

    return export


def files_in(folder: Path) -> dict[str, bytes]:
    """Contents of all files below a folder, by name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def the_json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_folder_with_a_case_is_exported_to_every_target(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert an_export(a_case.folder, "--json", to="dicom-seg,dicom-sr,report,csv,fhir") == 0

    (case,) = the_json(capsys)["cases"]
    images = [f"dicom/images/{k + 1:04}.dcm" for k in range(SIZE_KJI[0])]
    objects = ["dicom/key-images.dcm", "dicom/report.dcm", "dicom/segmentation.dcm"]
    assert case["files"] == [*images, *objects, "fhir.json", "measurements.csv", "nodes.csv", "report.html"]
    assert set(files_in(tmp_path / "out" / "X1")) == {*case["files"], "export.json"}
    assert case["case_id"] == "X1"
    assert not case["deidentified"]
    assert any("not de-identified" in note for note in case["notes"])
    assert any("derived CT series was written" in note for note in case["notes"])
    assert any("no PDF was written: no browser was found" in note for note in case["notes"])


def test_the_dicom_files_hold_the_segments_and_the_reading(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path
) -> None:
    import highdicom

    an_export(a_case.folder, to="dicom-seg,dicom-sr")

    dicom = tmp_path / "out" / "X1" / "dicom"
    assert reading_from_sr(dicom / "report.dcm") == load_reading(a_case.reading)
    segmentation = highdicom.seg.segread(dicom / "segmentation.dcm")
    numbers = {segmentation.get_segment_description(n).SegmentLabel: n for n in segmentation.segment_numbers}
    voxels = segmentation.get_volume().array
    for name, label in (("node_right", 1), ("node_left", 2)):
        assert int((voxels[..., numbers[name] - 1]).sum()) == int((neck_labels() == label).sum())


def test_a_case_with_dicom_refers_to_its_own_images(an_export: Callable[..., int], tmp_path: Path) -> None:
    import pydicom

    case = write_case(tmp_path / "case", dicom=True)
    assert an_export(case.folder, to="dicom-seg") == 0

    folder = tmp_path / "out" / "X1"
    assert set(files_in(folder)) == {"dicom/segmentation.dcm", "export.json"}
    source = pydicom.dcmread(next(case.dicom.iterdir()))
    written = pydicom.dcmread(folder / "dicom" / "segmentation.dcm")
    assert written.StudyInstanceUID == source.StudyInstanceUID
    assert written.PatientID == source.PatientID


def test_explicit_files_are_exported_as_well(a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path) -> None:
    given = ["--image", a_case.image, "--segmentation", a_case.segmentation, "--reading", a_case.reading]
    assert an_export(*given) == 0
    assert (tmp_path / "out" / "X1" / "nodes.csv").is_file()


def test_the_report_is_the_page_of_the_case(a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path) -> None:
    assert an_export(a_case.folder, to="report") == 0
    page = (tmp_path / "out" / "X1" / "report.html").read_text(encoding="utf-8")
    assert "Case X1" in page
    assert "Not a medical device" in page


def test_cases_of_a_folder_are_done_and_their_rows_stand_in_one_file(
    an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("X1", "X2", "X3"):
        write_case(tmp_path / "cases" / name.lower(), case_id=name)
    assert an_export(tmp_path / "cases") == 0

    with (tmp_path / "out" / "nodes.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["case_id"], row["node_id"]) for row in rows] == [
        (case, node) for case in ("X1", "X2", "X3") for node in "AB"
    ]
    assert "3 of 3 cases exported" in capsys.readouterr().out


def test_one_bad_case_is_told_and_the_others_are_done(
    an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = [write_case(tmp_path / "cases" / name, case_id=name) for name in ("c1", "c2", "c3")]
    cases[1].reading.write_text('{"schema": "hnn-reading/1", "case_id": ""}', encoding="utf-8")

    assert an_export(tmp_path / "cases", "--json") == 2

    out, err = capsys.readouterr()
    found = json.loads(out)["cases"]
    assert ["error" in each for each in found] == [False, True, False]
    assert "case_id" in found[1]["error"]
    assert err.splitlines()[-1] == "hnn: 1 of 3 cases could not be exported; the others are done"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["c1", "c3", "measurements.csv", "nodes.csv"]


def test_a_fault_of_our_own_in_one_case_does_not_stop_the_others(
    an_export: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iENEGraderLib.export.job.targets import csv_table

    for name in ("c1", "c2"):
        write_case(tmp_path / "cases" / name, case_id=name)
    whole = csv_table.case_rows

    def broken(reading: Any, assessment: Any, further: Any) -> Any:
        if reading.case_id == "c1":
            raise ZeroDivisionError
        return whole(reading, assessment, further)

    monkeypatch.setattr(csv_table, "case_rows", broken)
    assert an_export(tmp_path / "cases") == 1
    assert (tmp_path / "out" / "c2" / "nodes.csv").is_file()
    assert not (tmp_path / "out" / "c1").exists()


def test_a_case_that_is_done_is_not_done_again(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    an_export(a_case.folder, to="csv,fhir")
    before = files_in(tmp_path / "out")
    capsys.readouterr()

    assert an_export(a_case.folder, "--json", to="csv,fhir") == 0

    assert the_json(capsys)["cases"][0]["done_earlier"]
    assert files_in(tmp_path / "out") == before


@pytest.mark.parametrize("change", ["input", "output", "targets", "told"])
def test_a_case_that_changed_is_not_taken_for_done_and_not_replaced_without_force(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    an_export(a_case.folder)
    if change == "input":
        text = a_case.reading.read_text(encoding="utf-8")
        a_case.reading.write_text(text.replace('"T2"', '"T3"'), encoding="utf-8")
    if change == "output":
        (tmp_path / "out" / "X1" / "nodes.csv").write_text("mine", encoding="utf-8")
    before = files_in(tmp_path / "out")
    to = "csv,fhir" if change == "targets" else "csv"
    told = ["--real"] if change == "told" else []

    assert an_export(a_case.folder, *told, to=to) == 2
    assert "is there already; choose another folder with --out, or replace it with --force" in capsys.readouterr().err
    assert files_in(tmp_path / "out") == before

    assert an_export(a_case.folder, *told, "--force", to=to) == 0
    assert files_in(tmp_path / "out") != before


def test_a_file_that_may_not_be_read_is_told_and_the_others_are_done(
    an_export: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from hnn.export import batch

    for name in ("c1", "c2"):
        write_case(tmp_path / "cases" / name, case_id=name)
    whole = batch.fingerprint

    def denied(inputs: Any, *rest: Any, **more: Any) -> str:
        if "c1" in inputs[0].parts:
            raise PermissionError(13, "Permission denied", str(inputs[0]))
        return whole(inputs, *rest, **more)

    monkeypatch.setattr(batch, "fingerprint", denied)
    assert an_export(tmp_path / "cases") == 2
    out, err = capsys.readouterr()
    assert f"{tmp_path}/cases/c1/ct.nrrd: cannot be read or written (Permission denied)" in err
    assert "1 of 2 cases exported" in out


def test_what_a_killed_run_has_left_is_named(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / ".hnn-k1ll3d" / "new").mkdir(parents=True)
    assert an_export(a_case.folder) == 0
    err = capsys.readouterr().err
    assert f"{tmp_path}/out/.hnn-k1ll3d: left by a run that was broken off" in err
    assert err.count("never share it") == 1


def test_help_names_every_target(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    for target in TARGETS:
        assert f"{target.name}: " in told


def test_force_never_removes_what_no_export_wrote(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    an_export(a_case.folder)
    (tmp_path / "out" / "X1" / "thesis.txt").write_text("three years", encoding="utf-8")
    assert an_export(a_case.folder, "--force") == 2
    assert "holds thesis.txt, which no export wrote" in capsys.readouterr().err
    assert (tmp_path / "out" / "X1" / "thesis.txt").read_text(encoding="utf-8") == "three years"


def test_two_cases_of_one_id_do_not_replace_each_other(
    an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_case(tmp_path / "cases" / "a", reader="R1")
    write_case(tmp_path / "cases" / "b", reader="R2")
    assert an_export(tmp_path / "cases", "--force") == 2
    assert "another case of this run has the same case id" in capsys.readouterr().err
    assert ",R1," in (tmp_path / "out" / "X1" / "nodes.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("pdf", "--to: found pdf; expected some of dicom-seg,"),
        (",", "--to: found nothing; expected some of dicom-seg,"),
    ],
)
def test_an_unknown_target_is_refused_with_a_list(
    a_case: CaseFolder, an_export: Callable[..., int], to: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert an_export(a_case.folder, to=to) == 2
    assert message in capsys.readouterr().err


def test_maps_are_asked_for_when_there_are_none(
    a_case: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert an_export(a_case.folder, to="csv,parametric-map") == 2
    assert "the case has no map; add maps of hnn spectral or of hnn pwi fit" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
