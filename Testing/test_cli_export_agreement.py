"""`hnn export`: segments that contradict the reading, and one meaning in all that is written of a case."""

from __future__ import annotations

import copy
import csv
import json
from typing import TYPE_CHECKING, Any

import pydicom
import pytest
from export_builders import DOCUMENT, neck_labels, write_case
from hnn.cli.main import main
from iENEGraderLib.export import pdf
from iENEGraderLib.export.dicom.sr_reading import reading_from_sr
from iENEGraderLib.reading import load_reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VOXEL_MM3 = 12.0


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "BROWSERS", ())


@pytest.fixture
def an_export(tmp_path: Path) -> Callable[..., int]:
    """Run the command into the folder `out`."""

    def export(*arguments: object, to: str = "csv") -> int:
        return main(["export", *map(str, arguments), "--to", to, "--out", str(tmp_path / "out")])

    return export


def nodes_with(**first: Any) -> list[dict[str, Any]]:
    """Nodes of the case, with some entries of the first one changed."""
    nodes = copy.deepcopy(DOCUMENT["nodes"])
    nodes[0] |= first
    return nodes


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def swapped() -> list[dict[str, Any]]:
    """Nodes that name each other's segments."""
    first, second = copy.deepcopy(DOCUMENT["nodes"])
    return [first | {"segment_id": "node_left"}, second | {"segment_id": "node_right"}]


@pytest.mark.parametrize("to", ["csv", "dicom-seg", "dicom-sr", "fhir", "report"])
def test_segments_of_the_other_side_are_refused(
    an_export: Callable[..., int], tmp_path: Path, to: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case = write_case(tmp_path / "case", nodes=swapped())
    assert an_export(case.folder, to=to) == 2
    told = capsys.readouterr().err
    assert "nodes A and B: are read on the right and on the left, their segments lie the other way round" in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("size_mm", "is_told"), [(15.5, False), (30.0, True), (4.0, True)])
def test_a_size_that_is_not_that_of_the_segment_is_told(
    an_export: Callable[..., int], tmp_path: Path, size_mm: float, is_told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    case = write_case(tmp_path / "case", nodes=nodes_with(greatest_dimension_mm=size_mm))
    assert an_export(case.folder) == 0
    assert (f"note: node A: {size_mm:.1f} mm in the reading, " in capsys.readouterr().out) == is_told


def test_volume_stands_in_table_and_bundle_as_in_the_report(an_export: Callable[..., int], tmp_path: Path) -> None:
    assert an_export(write_case(tmp_path / "case").folder, to="csv,fhir") == 0
    expected = [float((neck_labels() == label).sum()) * VOXEL_MM3 for label in (1, 2)]

    out = tmp_path / "out" / "X1"
    assert [float(row["volume_mm3"]) for row in rows_of(out / "nodes.csv")] == expected
    long = [row for row in rows_of(out / "measurements.csv") if row["kind"] == "volume"]
    assert [(row["node_id"], float(row["value"]), row["unit"], row["origin"]) for row in long] == [
        (node, volume, "mm3", "export") for node, volume in zip("AB", expected, strict=True)
    ]
    entries = json.loads((out / "fhir.json").read_text(encoding="utf-8"))["entry"]
    found = [each["resource"] for each in entries if each["resource"].get("code", {}).get("text") == "volume"]
    assert [each["valueQuantity"]["value"] for each in found] == expected


def test_the_long_table_holds_every_measurement_with_structure_and_place(
    an_export: Callable[..., int], tmp_path: Path
) -> None:
    assert an_export(write_case(tmp_path / "case").folder) == 0
    rows = [row for row in rows_of(tmp_path / "out" / "X1" / "measurements.csv") if row["kind"] == "contact_angle"]
    assert [(row["structure"], row["value"], row["unit"], row["class"]) for row in rows] == [
        ("internal_carotid_artery", "95.5", "deg", "not_met"),
        ("internal_jugular_vein", "120", "deg", ""),
    ]
    assert [rows[0][f"{axis}_mm"] for axis in ("right", "anterior", "superior")] == ["11", "0", "-232"]
    assert (rows[0]["uncertainty"], rows[0]["origin"]) == ("8", "reading")


def test_a_lost_fat_plane_means_the_same_everywhere(an_export: Callable[..., int], tmp_path: Path) -> None:
    lost = [
        {"kind": "fat_plane_lost", "structure": structure, "value": 1.0, "unit": "1", "class": "met"}
        for structure in ("internal_carotid_artery", "sternocleidomastoid_left")
    ]
    case = write_case(tmp_path / "case", nodes=nodes_with(evidence=lost))
    assert an_export(case.folder, to="dicom-sr,csv,fhir") == 0
    out = tmp_path / "out" / "X1"

    row = rows_of(out / "nodes.csv")[0]
    assert row["fat_plane_lost_share_class"] == "lost_not_enough_alone"
    assert row["further_measurements"] == "fat_plane_lost of sternocleidomastoid_left = 1 (lost_not_enough_alone)"
    entries = json.loads((out / "fhir.json").read_text(encoding="utf-8"))["entry"]
    planes = [
        each["resource"] for each in entries if "fat plane lost" in each["resource"].get("code", {}).get("text", "")
    ]
    assert [each["interpretation"][0]["text"] for each in planes] == ["Lost, not enough alone"] * 2
    meanings = [
        each.value for each in pydicom.dcmread(out / "dicom" / "report.dcm").iterall() if each.tag == 0x00080104
    ]
    assert meanings.count("Lost, not enough alone") == 2
    assert "Criterion met" not in meanings
    assert reading_from_sr(out / "dicom" / "report.dcm") == load_reading(case.reading)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ((), "Whether of a patient or computed was not stated."),
        (("--real",), "Real images."),
        (("--simulated",), "Simulated: computed by the software, not a patient."),
    ],
)
def test_the_report_says_no_more_of_its_images_than_was_stated(
    an_export: Callable[..., int], tmp_path: Path, option: tuple[str, ...], told: str
) -> None:
    assert an_export(write_case(tmp_path / "case").folder, *option, to="report") == 0
    assert told in (tmp_path / "out" / "X1" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("deidentify", "removed"), [("off", None), ("on", "YES")])
def test_only_a_pseudonym_is_said_to_be_without_identity(
    an_export: Callable[..., int], tmp_path: Path, deidentify: str, removed: str | None
) -> None:
    case = write_case(tmp_path / "archive" / "aaa" / "case", case_id="Quillfeather MRN-4711")
    key = tmp_path / "own.key"
    assert an_export(case.folder, "--deidentify", deidentify, "--key", key, to="dicom-seg,dicom-sr") == 0
    (out,) = (tmp_path / "out").iterdir()
    files = [*(out / "dicom" / "images").iterdir(), *(out / "dicom").glob("*.dcm")]
    assert {pydicom.dcmread(path).get("PatientIdentityRemoved") for path in files} == {removed}


@pytest.mark.parametrize(
    ("option", "expected"),
    [((), "MANUAL"), (("--nodes-by", "automatic:nnU-Net:2.5"), "AUTOMATIC")],
)
def test_how_nodes_were_drawn_is_what_was_said(
    an_export: Callable[..., int],
    tmp_path: Path,
    option: tuple[str, ...],
    expected: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert an_export(write_case(tmp_path / "case").folder, *option, to="dicom-seg") == 0
    segments = pydicom.dcmread(tmp_path / "out" / "X1" / "dicom" / "segmentation.dcm").SegmentSequence
    assert {each.SegmentAlgorithmType for each in segments} == {expected}
    assert ("say it with --nodes-by" in capsys.readouterr().out) == (not option)


def test_a_missing_map_is_told_before_anything_is_measured(
    an_export: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from iENEGraderLib.export.job import measured_again

    monkeypatch.setattr(measured_again, "measure_case", None)
    assert an_export(write_case(tmp_path / "case").folder, to="dicom-sr,parametric-map") == 2
    assert "parametric-map: the case has no map" in capsys.readouterr().err


def test_when_every_case_fails_none_is_said_to_be_done(
    an_export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("c1", "c2"):
        write_case(tmp_path / "cases" / name, case_id=name).image.unlink()
    assert an_export(tmp_path / "cases") == 2
    out, err = capsys.readouterr()
    assert err.splitlines()[-1] == "hnn: 2 of 2 cases could not be exported"
    assert (out + err).count("found no image") == 2
