"""`hnn demo` on a user's own files: what it keeps, what it offers, and what it refuses in one line, leaving nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import SimpleITK
from hnn.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hnn.headless import HeadlessSlicer

SIZE_KJI = (40, 60, 64)
SPACING = (1.5, 1.5, 2.0)
ORIGIN = (-47.0, -40.0, -250.0)
READING: dict[str, Any] = {
    "schema": "hnn-reading/1",
    "case_id": "own",
    "site": "larynx",
    "T": "T2",
    "M": "M0",
    "recent_biopsy": "no",
    "prior_treatment": "no",
    "nodes": [
        {"id": "A", "side": "right", "level": "III", "segment_id": "s1", "findings": {"fat_spikes": "unequivocal"}},
        {"id": "B", "side": "left", "level": "III", "segment_id": "node_left"},
    ],
}


@dataclass(frozen=True)
class Neck:
    """A body of soft tissue in air with a node of 20 mm on the right and one of 14 mm on the left."""

    voxels: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...] = ("node_right", "node_left")
    origin: tuple[float, float, float] = ORIGIN


def a_neck() -> Neck:
    k, j, i = np.indices(SIZE_KJI)
    left, back, up = (n * step + start for n, step, start in zip((i, j, k), SPACING, ORIGIN, strict=True))
    rng = np.random.default_rng(2)
    voxels = np.where((left / 40) ** 2 + (back / 34) ** 2 < 1, 40, -1000) + rng.normal(0, 8, SIZE_KJI)
    labels = np.zeros(SIZE_KJI, np.uint8)
    labels[(left + 20) ** 2 + back**2 + (up + 210) ** 2 < 10**2] = 1
    labels[(left - 20) ** 2 + back**2 + (up + 215) ** 2 < 7**2] = 2
    return Neck(voxels.astype(np.int16), labels)


class Files:
    """The three files of a case in a folder, and the folder for its results."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.image = folder / "ct.nrrd"
        self.segmentation = folder / "nodes.seg.nrrd"
        self.reading = folder / "own.json"

    def write(self, neck: Neck, reading: object = READING) -> Files:
        image = SimpleITK.GetImageFromArray(neck.voxels)
        image.SetSpacing(SPACING)
        image.SetOrigin(ORIGIN)
        SimpleITK.WriteImage(image, str(self.image))
        labels = SimpleITK.GetImageFromArray(neck.labels)
        labels.SetSpacing(SPACING)
        labels.SetOrigin(neck.origin)
        for number, name in enumerate(neck.names):
            values = {"ID": f"s{number + 1}", "Name": name, "LabelValue": str(number + 1), "Layer": "0"}
            for key, value in values.items():
                labels.SetMetaData(f"Segment{number}_{key}", value)
        SimpleITK.WriteImage(labels, str(self.segmentation))
        self.reading.write_text(json.dumps(reading), encoding="utf-8")
        return self

    def demo(self, *more: str) -> int:
        files = ["--image", self.image, "--segmentation", self.segmentation, "--reading", self.reading]
        return main(["demo", "--out", str(self.out), *map(str, files), *more])


@pytest.fixture
def the_files(tmp_path: Path, slicer_app: HeadlessSlicer) -> Files:
    return Files(tmp_path).write(a_neck())


def with_node(**changes: object) -> dict[str, Any]:
    """The reading with the first node changed."""
    return READING | {"nodes": [READING["nodes"][0] | changes, READING["nodes"][1]]}


def test_own_files_are_measured_graded_and_staged(the_files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert the_files.demo("--json") == 0

    result = json.loads(capsys.readouterr().out)
    reading = json.loads((the_files.out / "reading.json").read_text(encoding="utf-8"))
    assert sorted(path.name for path in the_files.out.iterdir()) == sorted(result["files"])
    assert [node["greatest_dimension_mm"] for node in reading["nodes"]] == pytest.approx([20.0, 14.0], abs=1.0)
    assert [node["segment_id"] for node in reading["nodes"]] == ["s1", "node_left"]
    assert [node["grade"] for node in result["assessment"]["nodes"]] == [1, 0]
    assert "Real images" in (the_files.out / "report.html").read_text(encoding="utf-8")


def test_the_summary_names_every_node_every_file_and_the_notice(
    the_files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert the_files.demo("--simulated") == 0

    out, err = capsys.readouterr()
    assert err == ""
    assert "A  right, level III" in out
    assert "B  left, level III" in out
    assert all(str(path) in out for path in the_files.out.iterdir())
    assert "Not a medical device" in out
    assert "Simulated" in (the_files.out / "report.html").read_text(encoding="utf-8")


def test_values_of_the_reader_stay_and_the_difference_is_told(
    the_files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    neck = a_neck()
    spare = np.where(neck.labels == 2, 3, neck.labels)
    spare[2:5, 20:24, 30:34] = 2
    the_files.write(
        replace(neck, labels=spare, names=("node_right", "node_spare", "node_left")),
        with_node(greatest_dimension_mm=31.0, side="left"),
    )

    assert the_files.demo("--json") == 0

    warnings = "\n".join(json.loads(capsys.readouterr().out)["assessment"]["warnings"])
    node = json.loads((the_files.out / "reading.json").read_text(encoding="utf-8"))["nodes"][0]
    assert (node["greatest_dimension_mm"], node["side"]) == (31.0, "left")
    assert node["evidence"][0]["value"] == pytest.approx(20.0, abs=1.0)
    assert "A: the reading says 31.0 mm, its segment measures" in warnings
    assert "A: the reading says left, but the centroid lies" in warnings
    assert 'the segment "node_spare" belongs to no node of the reading' in warnings


def test_results_of_an_earlier_run_are_replaced_and_other_files_stay(the_files: Files) -> None:
    the_files.out.mkdir()
    for name in ("key-N9.png", "report.html", "my notes.txt"):
        (the_files.out / name).write_text("old", encoding="utf-8")

    assert the_files.demo() == 0

    assert not (the_files.out / "key-N9.png").exists()
    assert (the_files.out / "my notes.txt").read_text(encoding="utf-8") == "old"
    assert len((the_files.out / "report.html").read_text(encoding="utf-8")) > 1000


def test_a_reading_is_not_replaced_by_the_result_of_the_same_name(
    the_files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    the_files.out.mkdir()
    the_files.reading = the_files.reading.rename(the_files.out / "reading.json")
    before = the_files.reading.read_text(encoding="utf-8")

    assert the_files.demo() == 2

    assert "would replace it" in capsys.readouterr().err
    assert [path.name for path in the_files.out.iterdir()] == ["reading.json"]
    assert the_files.reading.read_text(encoding="utf-8") == before


def no_nodes(files: Files) -> None:
    files.write(replace(a_neck(), names=("mandible", "hyoid")), READING | {"nodes": []})


def shifted(files: Files) -> None:
    files.write(replace(a_neck(), origin=(-47.4, -40.0, -250.0)))


def not_hounsfield(files: Files) -> None:
    neck = a_neck()
    files.write(replace(neck, voxels=(neck.voxels + 1100).astype(np.int16)))


def an_empty_segment(files: Files) -> None:
    neck = a_neck()
    files.write(replace(neck, labels=np.where(neck.labels == 2, 0, neck.labels)))


def cut_short(files: Files) -> None:
    files.image.write_bytes(files.image.read_bytes()[:4000])


def an_empty_image(files: Files) -> None:
    files.image.write_bytes(b"")


def a_segmentation_of_noise(files: Files) -> None:
    files.segmentation.write_bytes(b"NRRD0004\nnonsense")


def a_picture_as_segmentation(files: Files) -> None:
    files.segmentation.write_bytes(files.image.read_bytes())


def an_empty_reading(files: Files) -> None:
    files.reading.write_text("", encoding="utf-8")


BAD_CASES: dict[str, tuple[Callable[[Files], object], str]] = {
    "no image": (lambda files: files.image.unlink(), "no such file"),
    "no segmentation": (lambda files: files.segmentation.unlink(), "no such file"),
    "no reading": (lambda files: files.reading.unlink(), "cannot be read"),
    "an empty image": (an_empty_image, "ct.nrrd"),
    "an image cut short": (cut_short, "ct.nrrd"),
    "a segmentation of noise": (a_segmentation_of_noise, "nodes.seg.nrrd"),
    "an image as segmentation": (a_picture_as_segmentation, "negative values"),
    "an empty reading": (an_empty_reading, "empty"),
    "another grid": (shifted, "does not lie on the grid"),
    "values that are not HU": (not_hounsfield, "not in Hounsfield units"),
    "a segmentation without nodes": (no_nodes, "there is no lymph node in it"),
    "an empty segment": (an_empty_segment, "holds no voxels"),
    "a node without its segment": (
        lambda files: files.write(a_neck(), with_node(segment_id="s9")),
        'nodes[0].segment_id: found "s9"',
    ),
    "two nodes in one segment": (
        lambda files: files.write(a_neck(), with_node(segment_id="s2")),
        "name the same segment",
    ),
    "an unknown level": (lambda files: files.write(a_neck(), with_node(level="IIC")), "nodes[0].level"),
    "neither tumour nor node": (
        lambda files: files.write(a_neck(), READING | {"T": "T0", "nodes": []}),
        "T0 N0",
    ),
}


@pytest.mark.parametrize(("spoil", "named"), BAD_CASES.values(), ids=BAD_CASES.keys())
def test_what_cannot_be_used_gives_one_line_exit_code_2_and_no_output(
    spoil: Callable[[Files], object], named: str, the_files: Files, capfd: pytest.CaptureFixture[str]
) -> None:
    spoil(the_files)
    capfd.readouterr()
    before = sorted(the_files.folder.iterdir())

    assert the_files.demo() == 2

    out, err = capfd.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert named in err
    assert sorted(the_files.folder.iterdir()) == before


def test_both_grids_are_named_when_they_differ(the_files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    shifted(the_files)
    the_files.demo()

    err = capsys.readouterr().err
    assert "first voxel at RAS (47.4, 40.0, -250.0)" in err
    assert "first voxel at RAS (47.0, 40.0, -250.0)" in err


@pytest.mark.parametrize("option", ["--image", "--segmentation", "--reading"])
def test_one_file_of_three_is_not_enough(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(tmp_path / "out"), option, "x"]) == 2

    err = capsys.readouterr().err
    assert "missing: --" in err
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_refused(the_files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    the_files.out.write_text("mine", encoding="utf-8")

    assert the_files.demo() == 2

    assert "is a file; choose a folder" in capsys.readouterr().err
    assert the_files.out.read_text(encoding="utf-8") == "mine"


def test_a_failure_on_the_way_leaves_no_output(the_files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    from hnn import demo

    def broken(*_: object) -> str:
        raise RuntimeError("no report")

    monkeypatch.setattr(demo, "report_html", broken)
    before = sorted(the_files.folder.iterdir())

    assert the_files.demo() == 1

    assert sorted(the_files.folder.iterdir()) == before


@pytest.mark.parametrize(
    ("data", "named"),
    [("ct-head-axial-dicom", "not in Hounsfield units"), ("ct-tilted-uneven", "gantry tilt of 18")],
)
def test_real_images_that_cannot_be_measured_are_refused(
    data: str, named: str, the_files: Files, shared_data: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    the_files.image = shared_data(data)

    assert the_files.demo() == 2

    out, err = capfd.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert named in err
    assert not the_files.out.exists()
