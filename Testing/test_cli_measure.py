"""`hnn measure` on files: what it prints and writes, and what it refuses in one line, leaving nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import SimpleITK
from case_phantoms import SmallNeck, a_small_neck, write_case
from HeadNeckNodesLib.imaging.read import read_image
from hnn.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CAROTID = "common_carotid_artery_right"


class Files:
    """Image and segmentation in a folder, and the command on them."""

    def __init__(self, folder: Path, neck: SmallNeck) -> None:
        self.folder = folder
        self.image, self.segmentation = write_case(folder, neck)

    def measure(self, *more: object) -> int:
        files = ["--image", self.image, "--segmentation", self.segmentation]
        return main(["measure", *map(str, [*files, *more])])

    def text(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path


@pytest.fixture
def the_files(tmp_path: Path) -> Files:
    return Files(tmp_path, a_small_neck())


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The document on standard output, which must hold nothing else."""
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_json_holds_what_was_drawn(the_files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert the_files.measure("--json") == 0

    document = printed(capsys)
    (contact,) = document["contacts"]
    assert document["software"].startswith("HeadNeckNodes")
    assert [node["id"] for node in document["nodes"]] == ["node_cuff", "node_ball"]
    assert (contact["node"], contact["structure"], contact["class"]) == ("node_cuff", CAROTID, "180-<270")
    assert contact["max_arc_deg"] == pytest.approx(220, abs=5)


def test_the_summary_names_every_node_its_contacts_and_the_notice(
    the_files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert the_files.measure() == 0

    out, err = capsys.readouterr()
    assert err == ""
    assert "node_cuff  right" in out
    assert "node_ball  left" in out
    assert "contact angle, common carotid artery right: 2" in out
    assert "[indeterminate]" in out
    assert "Not a medical device" in out


def test_the_json_goes_into_a_file_as_well(the_files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    out = the_files.folder / "found.json"

    assert the_files.measure("--json", "--out", out) == 0

    assert json.loads(out.read_text(encoding="utf-8")) == printed(capsys)


def test_figures_are_written_as_svg_of_their_own(the_files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    folder = the_files.folder / "figures"
    folder.mkdir()
    (folder / "figure-99-old.svg").write_text("old", encoding="utf-8")

    assert the_files.measure("--json", "--figures", folder) == 0

    assert printed(capsys)["contacts"]
    names = sorted(path.name for path in folder.iterdir())
    pair = "node-cuff-common-carotid-artery-right"
    assert names == [
        f"figure-01-{pair}-cross-section.svg",
        f"figure-02-{pair}-wall-unrolled.svg",
        f"figure-03-{pair}-angle-along-it.svg",
    ]
    for name in names:
        assert ET.parse(folder / name).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_figures_of_a_node_with_a_very_long_name_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    neck, name = a_small_neck(), "node_" + "very long " * 40
    files = Files(tmp_path, replace(neck, masks={CAROTID: neck.masks[CAROTID], name: neck.masks["node_cuff"]}))

    assert files.measure("--json", "--figures", tmp_path / "figures") == 0

    assert len(printed(capsys)["contacts"]) == 1
    assert len(list((tmp_path / "figures").glob("figure-*.svg"))) == 3


def test_a_roles_file_says_what_segments_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    neck = a_small_neck()
    renamed = {"node_cuff": "mass", CAROTID: "tube"}
    files = Files(tmp_path, replace(neck, masks={renamed.get(name, name): mask for name, mask in neck.masks.items()}))
    roles = files.text("roles.json", json.dumps({"mass": "node", "tube": CAROTID}))

    assert files.measure("--json", "--roles", roles) == 0

    (contact,) = printed(capsys)["contacts"]
    assert (contact["node"], contact["structure"], contact["counts_for_encasement"]) == ("mass", CAROTID, True)


def test_vessels_can_be_chosen_by_name(the_files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert the_files.measure("--json", "--vessels", "common_carotid_artery_left", "sternocleidomastoid_left") == 0

    structures = [contact["structure"] for contact in printed(capsys)["contacts"]]
    assert structures == ["sternocleidomastoid_left"]


def test_a_vessel_that_is_named_twice_is_measured_once(the_files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert the_files.measure("--json", "--vessels", CAROTID, "s3") == 0

    assert [contact["structure"] for contact in printed(capsys)["contacts"]] == [CAROTID]


def test_thresholds_of_a_file_are_used_and_said_to_be_changed(
    the_files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    preferences = the_files.text("mine.toml", "[contact]\ntolerance_mm = 1.5\n")

    assert the_files.measure("--json", "--preferences", preferences) == 0

    document = printed(capsys)
    rows = {row["name"]: row for row in document["preferences"]}
    assert document["contacts"][0]["tolerance_mm"] == 1.5
    assert (rows["contact.tolerance_mm"]["value"], rows["contact.tolerance_mm"]["is_default"]) == (1.5, False)


def test_an_image_that_is_not_in_hu_is_measured_in_its_outlines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    neck = a_small_neck()
    files = Files(tmp_path, replace(neck, hu=(neck.hu + 1100).astype(np.int16)))

    assert files.measure("--json") == 0

    document = printed(capsys)
    assert document["contacts"][0]["max_arc_deg"] == pytest.approx(220, abs=5)
    assert document["nodes"][0]["spike_survey"]["evidence_class"] == "not_assessable"
    assert "no value is negative" in document["nodes"][0]["spike_survey"]["reason"]
    assert any("Hounsfield" in warning for warning in document["warnings"])


def test_a_real_ct_that_is_not_in_hu_is_measured_in_its_outlines(
    tmp_path: Path, shared_data: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data("ct-head-axial-dicom")
    geometry = read_image(folder).geometry
    middle = np.array(geometry.array_shape) // 2
    places = np.indices(geometry.array_shape) - middle[:, None, None, None]
    away = np.linalg.norm(places * np.array(geometry.spacing_kji_mm)[:, None, None, None], axis=0)
    labels = SimpleITK.GetImageFromArray((away < 12).astype(np.uint8))
    labels.SetSpacing(geometry.spacing_mm)
    labels.SetOrigin(geometry.origin_lps_mm)
    labels.SetDirection(np.ravel(geometry.direction_lps).tolist())
    for key, value in {"ID": "s1", "Name": "node_1", "LabelValue": "1", "Layer": "0"}.items():
        labels.SetMetaData(f"Segment0_{key}", value)
    segmentation = tmp_path / "node.seg.nrrd"
    SimpleITK.WriteImage(labels, str(segmentation), useCompression=True)

    assert main(["measure", "--json", "--image", str(folder), "--segmentation", str(segmentation)]) == 0

    (node,) = printed(capsys)["nodes"]
    assert node["greatest_dimension_mm"] == pytest.approx(24, abs=2.5)  # sections of several mm
    assert node["stranding"]["evidence_class"] == "not_assessable"


def no_nodes(files: Files) -> list[object]:
    neck = a_small_neck()
    write_case(files.folder, replace(neck, masks={CAROTID: neck.masks[CAROTID]}))
    return []


def an_empty_node(files: Files) -> list[object]:
    neck = a_small_neck()
    empty = np.zeros_like(neck.masks["node_ball"])
    write_case(files.folder, replace(neck, masks={**neck.masks, "node_empty": empty}))
    return []


def another_grid(files: Files) -> list[object]:
    image = SimpleITK.ReadImage(str(files.image))
    image.SetOrigin((0.3, 0.0, 0.0))
    SimpleITK.WriteImage(image, str(files.image))
    return []


def no_image(files: Files) -> list[object]:
    files.image.unlink()
    return []


BAD_CASES: dict[str, tuple[Callable[[Files], list[object]], str]] = {
    "no image": (no_image, "no such file"),
    "another grid": (another_grid, "does not lie on the grid of ct.nrrd"),
    "no node": (no_nodes, "there is no lymph node in it"),
    "an empty node": (an_empty_node, "'node_empty' holds no voxels"),
    "an unknown vessel": (lambda _: ["--vessels", "aorta"], "0 segments are named 'aorta'"),
    "an unknown role": (lambda f: ["--roles", f.text("r.json", '{"node_cuff": "nodule"}')], "'nodule'"),
    "an unknown segment": (lambda f: ["--roles", f.text("r.json", '{"mass": "node"}')], "'mass'"),
    "roles that are no JSON": (lambda f: ["--roles", f.text("r.json", "node")], "r.json: cannot be read as JSON"),
    "an unknown threshold": (
        lambda f: ["--preferences", f.text("p.toml", "[contact]\ntolerance = 1\n")],
        "there is no preference 'contact.tolerance'",
    ),
    "a folder that is not there": (
        lambda f: ["--out", f.folder / "none" / "found.json", "--figures", f.folder / "figures"],
        "cannot write here",
    ),
    "a result in the place of the image": (lambda f: ["--out", f.image], "would replace a file that is read"),
    "a folder that cannot be made": (lambda f: ["--figures", f.folder / ("x" * 300)], "cannot write here"),
    "a file for a folder": (
        lambda f: ["--out", f.folder / "found.json", "--figures", f.text("figures", "mine")],
        "is a file",
    ),
}


@pytest.mark.parametrize(("spoil", "named"), BAD_CASES.values(), ids=BAD_CASES.keys())
def test_what_cannot_be_used_gives_one_line_exit_code_2_and_no_output(
    spoil: Callable[[Files], list[object]], named: str, the_files: Files, capfd: pytest.CaptureFixture[str]
) -> None:
    more = spoil(the_files)
    before = sorted(the_files.folder.iterdir())
    capfd.readouterr()

    assert the_files.measure("--json", *more) == 2

    out, err = capfd.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert named in err
    assert sorted(the_files.folder.iterdir()) == before


def test_a_tilted_ct_is_refused(
    the_files: Files, shared_data: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    the_files.image = shared_data("ct-tilted-uneven")

    assert the_files.measure("--json") == 2

    out, err = capfd.readouterr()
    assert out == ""
    assert "gantry tilt of 18" in err


def test_nothing_is_printed_twice_and_a_missing_option_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "--image", "ct.nrrd"]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert "--segmentation" in err
