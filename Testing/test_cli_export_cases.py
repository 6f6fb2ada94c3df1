"""Which files `hnn export` takes for a case: told from what they hold, never guessed."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from export_builders import a_reading, write_case, write_map
from HeadNeckNodesLib.errors import InputError
from hnn.cli.main import main
from hnn.export.batch import export_cases
from hnn.export.case_files import CaseBundle, CaseFiles, case_at, places_in
from hnn.export.file_case import case_of_files
from hnn.export.map_files import MapChoice
from iENEGraderLib.export.job.exporting import ExportRequest
from iENEGraderLib.export.job.registry import targets_named
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.scene.bundle import save_bundle
from iENEGraderLib.scene.case_scene import add_case

if TYPE_CHECKING:
    from export_builders import CaseFolder
    from iENEGraderLib.reading import Reading


@pytest.fixture
def a_case(tmp_path: Path) -> CaseFolder:
    return write_case(tmp_path / "case")


def save_scene(case: CaseFolder, path: Path, *readings: Reading) -> None:
    """Save the image and the segments of a case as a scene with these readings."""
    from iENEGraderLib.scene.reading_node import create_reading_node

    read = case_of_files(case_at(case.folder), ImageOrigin.REAL)
    segments = read.segments
    add_case(replace(read.image, modality="CT"), segments.nodes, segments.anatomy, readings[0], {})
    for further in readings[1:]:
        create_reading_node(further)
    path.parent.mkdir(exist_ok=True)
    save_bundle(path)


def test_the_files_of_a_folder_are_told_from_what_they_hold(a_case: CaseFolder) -> None:
    (a_case.folder / "measurements.json").write_text(json.dumps({"schema": "hnn-measurements/1"}), encoding="utf-8")
    (a_case.folder / "notes.json").write_text("no json", encoding="utf-8")
    (a_case.folder / "teaching.toml").write_text("", encoding="utf-8")
    write_map(a_case.folder / "iodine.nrrd", "iodine", "mg/mL", 2.5)

    assert case_at(a_case.folder) == CaseFiles(
        a_case.image,
        a_case.segmentation,
        a_case.reading,
        (MapChoice(a_case.folder / "iodine.nrrd"),),
        a_case.folder / "teaching.toml",
    )


def test_a_folder_with_dicom_is_the_image(tmp_path: Path) -> None:
    case = write_case(tmp_path / "case", dicom=True)
    found = case_at(case.folder)
    assert isinstance(found, CaseFiles)
    assert found.image == case.dicom


@pytest.mark.parametrize("what", ["image", "segmentation", "reading"])
def test_a_missing_file_is_named_with_what_was_found(a_case: CaseFolder, what: str) -> None:
    getattr(a_case, what).unlink()
    with pytest.raises(InputError, match=f"case: found no {what}, expected one .*{what}: none"):
        case_at(a_case.folder)


def test_an_export_beside_the_files_of_its_case_is_no_second_image(a_case: CaseFolder) -> None:
    before = case_at(a_case.folder)
    arguments = ["--to", "dicom-seg", "--out"]
    for out in (a_case.folder / "exports", a_case.folder):
        assert main(["export", str(a_case.folder), *arguments, str(out)]) == 0
        assert case_at(a_case.folder) == before


def test_the_segmentation_of_a_fit_is_none_of_the_case(a_case: CaseFolder) -> None:
    before = case_at(a_case.folder)
    write_map(a_case.folder / "best-model.seg.nrrd", "best_model", "1", 1.0)
    assert case_at(a_case.folder) == before


def test_a_file_that_only_looks_like_the_reading_is_named(a_case: CaseFolder) -> None:
    a_case.reading.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"found no reading \(reading.json: no reading document of the form hnn-"):
        case_at(a_case.folder)


def test_a_folder_without_any_case_is_told_what_a_case_is(tmp_path: Path) -> None:
    write_case(tmp_path / "studies" / "cases" / "a", dicom=True)
    with pytest.raises(InputError, match=r"studies: holds no case, neither a segmentation .* a folder of such folders"):
        case_at(tmp_path / "studies")


@pytest.mark.parametrize(
    ("what", "copy"), [("image", "other.nrrd"), ("segmentation", "other.seg.nrrd"), ("reading", "other.json")]
)
def test_a_choice_is_refused_with_all_candidates(a_case: CaseFolder, what: str, copy: str) -> None:
    original: Path = getattr(a_case, what)
    (a_case.folder / copy).write_bytes(original.read_bytes())
    with pytest.raises(InputError, match=rf"found 2 files that may be the {what}, .*{copy}.*--image --segmentation"):
        case_at(a_case.folder)


def test_what_is_no_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder"):
        case_at(tmp_path / "nothing")
    (tmp_path / "text.txt").write_text("text", encoding="utf-8")
    with pytest.raises(InputError, match="is no scene bundle"):
        case_at(tmp_path / "text.txt")


def test_a_folder_of_cases_holds_folders_and_bundles_and_nothing_else(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    write_case(cases / "b")
    write_case(cases / "a")
    (cases / "c.mrb").write_bytes(b"")
    (cases / "empty").mkdir()
    (cases / ".hidden").mkdir()
    assert places_in(cases) == [cases / "a", cases / "b", cases / "c.mrb"]
    assert places_in(cases / "a") == [cases / "a"]
    assert places_in(cases / "empty") == [cases / "empty"]


def test_a_folder_whose_only_image_is_in_its_bundle_is_that_bundle(tmp_path: Path) -> None:
    case = write_case(tmp_path / "case")
    case.image.unlink()
    (case.folder / "case.mrb").write_bytes(b"")
    assert case_at(case.folder) == CaseBundle(case.folder / "case.mrb")


def test_a_folder_with_a_scene_and_what_its_teacher_wrote_is_one_case(tmp_path: Path) -> None:
    (tmp_path / "case.mrb").write_bytes(b"")
    teaching = tmp_path / "teaching.toml"
    teaching.write_text("", encoding="utf-8")
    assert places_in(tmp_path) == [tmp_path]
    assert case_at(tmp_path) == CaseBundle(tmp_path / "case.mrb", teaching=teaching)


def test_a_map_on_another_grid_is_refused(a_case: CaseFolder) -> None:
    write_map(a_case.folder / "iodine.nrrd", "iodine", "mg/mL", 2.5, spacing=(1.0, 1.0, 1.0))
    with pytest.raises(InputError, match=r"iodine.nrrd: lies on .*, expected the grid of the image"):
        case_of_files(case_at(a_case.folder), ImageOrigin.REAL)


@pytest.mark.usefixtures("a_scene")
def test_a_scene_is_the_same_case_as_its_files(a_case: CaseFolder, tmp_path: Path) -> None:
    from hnn.export.bundle_case import case_of_bundle

    save_scene(a_case, tmp_path / "scenes" / "one.mrb", a_reading())
    of_scene = case_of_bundle(CaseBundle(tmp_path / "scenes" / "one.mrb"), ImageOrigin.REAL)
    of_files = case_of_files(case_at(a_case.folder), ImageOrigin.REAL)

    assert of_scene.reading == of_files.reading
    assert (of_scene.image.voxels == of_files.image.voxels).all()
    assert of_scene.image.geometry.matches(of_files.image.geometry)
    for node in ("A", "B"):
        assert (of_scene.segments.segment_of[node].mask() == of_files.segments.segment_of[node].mask()).all()


@pytest.mark.usefixtures("a_scene")
def test_a_scene_with_two_readings_is_refused(a_case: CaseFolder, tmp_path: Path) -> None:
    scene = tmp_path / "scenes" / "two.mrb"
    save_scene(a_case, scene, a_reading(), a_reading(reader="R2"))
    request = ExportRequest(targets_named(["csv"]), tmp_path / "out", None, replaces=False, software="test")

    (outcome,) = export_cases([scene], request, ImageOrigin.REAL, lambda what: None)

    assert "expected one reading in the scene, found Reading X1" in outcome.reason


@pytest.mark.usefixtures("a_scene")
@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((), "is damaged or no scene bundle; save the scene again as .mrb"),
        (("notes.txt",), r"holds no scene \(.mrml\)"),
        (("case/case.mrml",), "no image could be read from it"),
    ],
)
def test_a_bundle_that_is_no_scene_is_refused(tmp_path: Path, names: tuple[str, ...], told: str) -> None:
    scene = tmp_path / "broken.mrb"
    scene.write_bytes(b"no zip")
    if names:
        with zipfile.ZipFile(scene, "w") as archive:
            for name in names:
                archive.writestr(name, "<no scene>")
    before = Path.cwd()
    request = ExportRequest(targets_named(["csv"]), tmp_path / "out", None, replaces=False, software="test")

    (outcome,) = export_cases([scene], request, ImageOrigin.REAL, lambda what: None)

    assert re.search(told, outcome.reason)
    assert Path.cwd() == before
