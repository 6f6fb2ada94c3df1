"""`hnn export --deidentify on`: one pseudonym everywhere, nothing of the patient in any byte, and a gate at the end."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from export_builders import (
    BIRTH_DATE,
    FACE_FROM_SECTION,
    PATIENT_ID,
    neck_labels,
    neck_voxels,
    write_case,
    write_map,
)
from HeadNeckNodesLib.imaging.read import read_image
from hnn.cli.main import main
from iENEGraderLib.export import pdf
from iENEGraderLib.export.job.targets import csv_table
from iENEGraderLib.reading import load_reading, save_reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from export_builders import CaseFolder

ALL = "dicom-seg,dicom-sr,parametric-map,teaching-file,report,csv,fhir"
IDENTIFYING = (
    "Quillfeather", "Ottilie", PATIENT_ID, BIRTH_DATE, "1951-02-03", "ACC-99417", "Brackenbury", "Musterhausen"
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing has tests of its own."""
    monkeypatch.setattr(pdf, "BROWSERS", ())


@pytest.fixture
def a_patient(tmp_path: Path) -> CaseFolder:
    """A case with DICOM whose folder, reader and segments are named after people."""
    case = write_case(
        tmp_path / "Quillfeather_Ottilie" / "neck", dicom=True, case_id=f"{PATIENT_ID}-a", reader="Brackenbury"
    )
    labels = case.segmentation.read_bytes()
    case.segmentation.write_bytes(labels.replace(b"node_right", b"Ottilie's "))
    write_map(case.folder / "iodine.nrrd", "iodine", "mg/mL", 2.5)
    return case


@pytest.fixture
def an_export(tmp_path: Path) -> Callable[..., int]:
    """Run the command into the folder `out` with a key of its own."""

    def export(*arguments: object, to: str = "csv") -> int:
        places = ["--out", str(tmp_path / "out"), "--key", str(tmp_path / "own.key")]
        return main(["export", *map(str, arguments), "--to", to, *places])

    return export


def the_case(capsys: pytest.CaptureFixture[str]) -> Any:
    (case,) = json.loads(capsys.readouterr().out)["cases"]
    return case


def source_uids(case: CaseFolder) -> set[str]:
    import pydicom

    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in case.dicom.iterdir()]
    names = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")
    return {str(header[name].value) for header in headers for name in names}


def test_nothing_of_the_patient_is_in_any_file_or_name(
    a_patient: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert an_export(a_patient.folder, "--deidentify", "on", "--json", to=ALL) == 0

    case = the_case(capsys)
    assert case["deidentified"]
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(files) > 20
    for value in (*IDENTIFYING, *source_uids(a_patient)):
        for spelling in (value.encode(), value.lower().encode(), value.encode("utf-16-le")):
            assert not [path.name for path in files if spelling in path.read_bytes()], value
        assert not [path for path in files if value.lower() in str(path.relative_to(tmp_path)).lower()]


def test_one_pseudonym_is_used_everywhere(
    a_patient: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import pydicom

    an_export(a_patient.folder, "--deidentify", "on", "--json", to=ALL)

    name = the_case(capsys)["case_id"]
    (folder,) = (tmp_path / "out").iterdir()
    assert re.fullmatch(rf"{name}-\w{{4}}", folder.name)
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in (folder / "dicom").rglob("*.dcm")]
    assert {str(header.PatientID) for header in headers} == {name}
    assert len({header.StudyInstanceUID for header in headers}) == 1
    assert f"Case {name}" in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "nodes.csv").read_text(encoding="utf-8").splitlines()[1].startswith(f"{name},Reader ")
    assert json.loads((folder / "fhir.json").read_text(encoding="utf-8"))["identifier"]["value"] == name


def test_objects_refer_to_the_cleaned_images_and_keep_the_voxels(
    a_patient: CaseFolder, an_export: Callable[..., int], tmp_path: Path
) -> None:
    import highdicom
    import pydicom

    an_export(a_patient.folder, "--deidentify", "on", to="dicom-seg")

    (folder,) = (tmp_path / "out").iterdir()
    images = {pydicom.dcmread(path).SOPInstanceUID for path in (folder / "dicom" / "images").iterdir()}
    segmentation = highdicom.seg.segread(folder / "dicom" / "segmentation.dcm")
    references = segmentation.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    assert {each.ReferencedSOPInstanceUID for each in references} == images
    assert int(segmentation.get_volume().array[..., 0].sum()) == int((neck_labels() == 1).sum())


def test_a_teaching_file_is_de_identified_without_being_asked(
    a_patient: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert an_export(a_patient.folder, "--json", to="teaching-file") == 0
    case = the_case(capsys)
    assert case["deidentified"]
    names = {path.name for path in (Path(case["folder"]) / "teaching").iterdir()}
    surfaces = {"surfaces.glb", "surface-1-a.stl", "surface-2-b.stl"}
    assert {"index.html", "mirc.zip", "segments.seg.nrrd", *surfaces} == names


def test_a_teaching_file_is_never_written_with_the_identity(
    a_patient: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert an_export(a_patient.folder, "--deidentify", "off", to="csv,teaching-file") == 2
    assert "teaching-file: is made to be shared, so it is always de-identified" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_gate_stops_what_a_target_lets_through(
    a_patient: CaseFolder,
    an_export: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(csv_table, "csv_text", lambda rows: f"number\r\n{PATIENT_ID.lower()}\r\n")
    assert an_export(a_patient.folder, "--deidentify", "on") == 2

    error = capsys.readouterr().err
    assert "nodes.csv: holds an identifying value of the source (patient id)" in error
    assert PATIENT_ID not in error
    assert not (tmp_path / "out").exists()


def test_the_same_key_gives_the_same_pseudonym_and_another_key_another(a_patient: CaseFolder, tmp_path: Path) -> None:
    for key, out in (("one", "a"), ("one", "b"), ("two", "c")):
        places = ["--out", str(tmp_path / out), "--key", str(tmp_path / key)]
        assert main(["export", str(a_patient.folder), "--to", "csv", "--deidentify", "on", *places]) == 0
    (first,), (again,), (other,) = ([path.name for path in (tmp_path / out).iterdir()] for out in "abc")
    assert first == again != other
    assert (tmp_path / "one").stat().st_mode & 0o077 == 0


def test_the_key_must_not_lie_among_the_exports(
    a_patient: CaseFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = ["--out", str(tmp_path / "out"), "--key", str(tmp_path / "out" / "key")]
    assert main(["export", str(a_patient.folder), "--to", "csv", "--deidentify", "on", *places]) == 2
    assert "the key would lie among the exports" in capsys.readouterr().err


def test_a_de_identified_case_is_known_again_by_its_files(
    a_patient: CaseFolder, an_export: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    an_export(a_patient.folder, "--deidentify", "on")
    capsys.readouterr()
    assert an_export(a_patient.folder, "--deidentify", "on", "--json") == 0
    assert the_case(capsys)["done_earlier"]


def test_a_locked_reading_is_shared_unlocked_and_its_owner_is_told(
    a_patient: CaseFolder, an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from iENEGraderLib.reading import signed

    locked = signed(replace(load_reading(a_patient.reading)), "Brackenbury", "2026-11-22T11:00:00Z")
    save_reading(locked, a_patient.reading)
    assert an_export(a_patient.folder, "--deidentify", "on", "--json") == 0
    case = the_case(capsys)
    assert any("the signature was left out" in note for note in case["notes"])
    assert ",no," in (Path(case["folder"]) / "nodes.csv").read_text(encoding="utf-8")


def test_the_face_is_taken_from_the_images_and_nothing_that_is_segmented(tmp_path: Path) -> None:
    case = write_case(tmp_path / "in", dicom=True, mandible=True)
    places = ["--out", str(tmp_path / "out"), "--key", str(tmp_path / "own.key")]
    assert main(["export", str(case.folder), "--to", "dicom-seg", "--deidentify", "on", "--deface", *places]) == 0

    (folder,) = (tmp_path / "out").iterdir()
    after, before = read_image(folder / "dicom" / "images").voxels, neck_voxels()
    changed = after != before
    assert changed[FACE_FROM_SECTION:, :8].any()
    assert (after[changed] == -1000).all()
    # j runs from front to back, k from feet to head.
    assert not changed[:, 12:].any()
    assert not changed[:FACE_FROM_SECTION].any()
    assert not changed[neck_labels() > 0].any()


@pytest.mark.parametrize(
    ("name", "told"),
    [("skin", "skin"), ("subcutaneous_fat", "subcutaneous_fat"), ("Body", "1 segment"), ("Rinde", "1 segment")],
)
@pytest.mark.parametrize("deface", [["--deface"], []], ids=["defaced", ""])
def test_a_segment_of_the_skin_neither_keeps_the_face_nor_is_shared(
    tmp_path: Path,
    an_export: Callable[..., int],
    name: str,
    told: str,
    deface: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    import highdicom
    import pydicom
    import SimpleITK

    case = write_case(tmp_path / "in", dicom=True, mandible=True)
    labels = SimpleITK.ReadImage(str(case.segmentation))
    values = SimpleITK.GetArrayFromImage(labels)
    values[(values == 0) & (neck_voxels() > 0)] = 4
    with_skin = SimpleITK.GetImageFromArray(values)
    with_skin.CopyInformation(labels)
    for key in labels.GetMetaDataKeys():
        with_skin.SetMetaData(key, labels.GetMetaData(key))
    for key, value in {"ID": "s4", "Name": name, "LabelValue": "4", "Layer": "0"}.items():
        with_skin.SetMetaData(f"Segment3_{key}", value)
    SimpleITK.WriteImage(with_skin, str(case.segmentation))

    assert an_export(case.folder, "--deidentify", "on", *deface, "--json", to="dicom-seg") == 0
    assert f"segments that show the face, or may show it, were left out: {told}" in the_case(capsys)["notes"]
    (folder,) = (tmp_path / "out").iterdir()
    changed = read_image(folder / "dicom" / "images").voxels != neck_voxels()
    assert changed[FACE_FROM_SECTION:, :8].any() == bool(deface)
    stored = pydicom.dcmread(folder / "dicom" / "segmentation.dcm")
    assert len(stored.SegmentSequence) == 3
    assert not [each for each in stored.SegmentSequence if name.lower() in each.SegmentLabel.lower()]
    assert int(highdicom.seg.segread(folder / "dicom" / "segmentation.dcm").get_volume().array[..., :2].sum()) == int(
        np.isin(neck_labels(), (1, 2)).sum()
    )


def test_without_defacing_a_face_in_the_volume_is_told(
    tmp_path: Path, an_export: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    case = write_case(tmp_path / "in", mandible=True)
    assert an_export(case.folder, "--deidentify", "on", "--json") == 0
    assert any("can be matched with photographs" in note for note in the_case(capsys)["notes"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--deidentify", "on"], "where the face begins is told by a segment named hyoid or mandible, found none"),
        ([], "--deface: is a part of de-identification"),
    ],
)
def test_defacing_is_refused_where_it_cannot_be_done(
    tmp_path: Path,
    an_export: Callable[..., int],
    options: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = write_case(tmp_path / "in")
    assert an_export(case.folder, "--deface", *options) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("folder", ["notch angle", "key images", "Small report"])
def test_a_folder_named_by_words_of_any_export_does_not_stop_it(
    tmp_path: Path, an_export: Callable[..., int], folder: str
) -> None:
    case = write_case(tmp_path / folder / folder)
    assert an_export(case.folder, "--deidentify", "on", to="csv,report") == 0


def test_a_folder_named_by_a_word_of_the_report_alone_stops_it_and_says_what_to_do(
    tmp_path: Path, an_export: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    case = write_case(tmp_path / "perinodal" / "in")
    assert an_export(case.folder, "--deidentify", "on", to="report") == 2
    assert "rename the source file or folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Henson^Made", "Reader^Case", "Images^Report"])
def test_patients_named_like_words_of_a_report_can_be_exported_and_the_owner_is_told(
    tmp_path: Path, an_export: Callable[..., int], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    case = write_case(tmp_path / "in", dicom=True)
    changed(case, PatientName=name)
    assert an_export(case.folder, "--deidentify", "on", "--json", to="csv,report,fhir") == 0
    is_told = any(
        "too short or too common to be looked for in every place" in each for each in the_case(capsys)["notes"]
    )
    assert is_told == (not name.startswith("Henson")), "sentences that cite Henson are known as the program's own"


def changed(case: CaseFolder, **values: str) -> None:
    """Change attributes of all images of a case."""
    import pydicom

    for path in case.dicom.iterdir():
        data = pydicom.dcmread(path)
        for keyword, value in values.items():
            setattr(data, keyword, value)
        data.save_as(path, enforce_file_format=True)


@pytest.mark.parametrize("number", ["1", "7", "A7", "042"])
def test_a_very_short_patient_id_is_replaced_and_looked_for_after_labels_and_the_owner_is_told(
    tmp_path: Path,
    an_export: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: str,
) -> None:
    case = write_case(tmp_path / "in", dicom=True)
    changed(case, PatientID=number)
    targets = "dicom-seg,dicom-sr,teaching-file,report,csv,fhir"
    assert an_export(case.folder, "--deidentify", "on", "--json", to=targets) == 0
    notes = [each for each in the_case(capsys)["notes"] if "too short or too common" in each]
    assert len(notes) == 1
    assert "patient id" in notes[0]

    monkeypatch.setattr(csv_table, "csv_text", lambda rows: f"number\r\npatient: {number}\r\n")
    assert an_export(case.folder, "--deidentify", "on", "--force") == 2
    assert "nodes.csv: holds an identifying value of the source (patient id)" in capsys.readouterr().err


TWO_READINGS = [
    ({"reader": "R1"}, {"reader": "R2"}),
    ({"read_at": "2026-01-05T10:00:00Z"}, {"read_at": "2026-07-05T10:00:00Z"}),
]


@pytest.mark.parametrize("backwards", [False, True], ids=["", "backwards"])
@pytest.mark.parametrize(("first", "second"), TWO_READINGS, ids=["readers", "times"])
def test_two_readings_of_a_patient_have_folders_of_their_own(
    tmp_path: Path,
    an_export: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    first: dict[str, str],
    second: dict[str, str],
    backwards: bool,
) -> None:
    one = write_case(tmp_path / "cases" / "a", dicom=True, **first)
    other = write_case(tmp_path / "cases" / "b", **second)
    shutil.copytree(one.dicom, other.dicom)
    other.image.unlink()

    cases = [one.folder, other.folder]
    assert an_export(*(reversed(cases) if backwards else cases), "--deidentify", "on", "--json") == 0
    done = {each["case"]: Path(each["folder"]).name for each in json.loads(capsys.readouterr().out)["cases"]}
    folders = [done[str(each)] for each in cases]
    assert len({re.fullmatch(r"(HNN-\w{4}-\w{4})-\w{4}", each)[1] for each in folders}) == 1
    rows = (tmp_path / "out" / "nodes.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len({tuple(row.split(",")[:3]) for row in rows}) == 2, "case, reader and time tell readings apart"
    (tmp_path / "out" / "nodes.csv").unlink()
    contents = {name: (tmp_path / "out" / name / "export.json").read_bytes() for name in folders}

    capsys.readouterr()
    assert an_export(*cases, "--deidentify", "on", "--json") == 0
    assert all(case["done_earlier"] for case in json.loads(capsys.readouterr().out)["cases"])
    assert contents == {name: (tmp_path / "out" / name / "export.json").read_bytes() for name in folders}

    assert an_export(tmp_path / "cases" / "b", "--deidentify", "on", "--force", to="csv,fhir") == 0
    assert (tmp_path / "out" / folders[0] / "export.json").read_bytes() == contents[folders[0]]
    assert (tmp_path / "out" / folders[1] / "fhir.json").is_file()


def test_the_same_reading_changed_is_not_overwritten_without_force(
    a_patient: CaseFolder, an_export: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert an_export(a_patient.folder, "--deidentify", "on") == 0
    save_reading(replace(load_reading(a_patient.reading), t_category="T3"), a_patient.reading)
    assert an_export(a_patient.folder, "--deidentify", "on") == 2
    assert "is there already" in capsys.readouterr().err
