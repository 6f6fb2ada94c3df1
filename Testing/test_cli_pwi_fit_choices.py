"""`hnn pwi fit` with concentrations, a B1 map, segments of another grid, intervals and a comparison of models."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import SimpleITK
from fit_desk import Desk
from fit_studies import (
    BLOOD_T1_S,
    GEOMETRY,
    MUSCLE,
    NODE,
    NODE_2,
    SHAPE,
    mask_of,
    plane_of_concentration,
    write_segments,
    write_volume,
)
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.read_segmentation import read_segmentation

if TYPE_CHECKING:
    from pathlib import Path

FINE = ImageGeometry((72, 60, 9), (0.5, 0.5, 1.0), (-18.5, -15.5, 39.0))
"""Nine voxels of it in a plane, and three along k, fill one of the study."""
SOME = ("tofts", "extended_tofts", "patlak")


@pytest.fixture
def the_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


@pytest.fixture
def the_nodes(the_desk: Desk) -> Path:
    return write_segments(the_desk.folder / "nodes.seg.nrrd", "node_1", "node_2")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def page_of(desk: Desk) -> str:
    return re.sub(r"\s+", " ", (desk.out / "report.html").read_text(encoding="utf-8"))


def assert_node(desk: Desk, share: float) -> None:
    """Expect the maps of the first node within a share of the truth in the median."""
    for stem, truth in (("ktrans", NODE.ktrans), ("ve", NODE.ve), ("vp", NODE.vp)):
        assert np.median(desk.map(stem)[mask_of("node_1")]) == pytest.approx(truth, rel=share), stem


@pytest.mark.parametrize("aif", ["auto", "parker", "segment"])
def test_concentrations_give_the_truth_without_t1(the_desk: Desk, the_nodes: Path, aif: str) -> None:
    the_desk.settings = ("--hematocrit", 0.42)
    artery = write_segments(the_desk.folder / "artery.seg.nrrd", "aif") if aif == "segment" else aif
    document = the_desk.document(
        "--dynamic", the_desk.concentrations(), "--dynamic-is", "concentration", "--aif", artery, "--roi", the_nodes
    )

    assert_node(the_desk, 0.03)
    settings = document["settings"]
    assert (settings["dynamic_is"], settings["t1_from"], settings["t1_s"]) == ("concentration", "not_needed", None)
    assert settings["repetition_time_s"] is settings["flip_angle_deg"] is settings["relaxivity_per_mM_s"] is None
    names = {each["name"] for each in document["maps"]}
    assert "iauc60" in names
    assert not names & {"relative_enhancement", "wash_in_per_min", "wash_out_per_min", "t1_s"}
    assert not (the_desk.out / "enhancement.nrrd").exists()
    assert any("wash-in and wash-out" in each for each in document["cautions"])
    assert not any("relaxivity" in each for each in document["cautions"])
    page = page_of(the_desk)
    assert "over the mean of the frames after contrast" in page
    assert "concentration in mM" in page


@pytest.mark.parametrize(("factor", "said"), [(1000.0, "looks like umol/L"), (0.001, "looks like mol/L")])
def test_concentrations_in_another_unit_are_refused(the_desk: Desk, factor: float, said: str) -> None:
    the_desk.settings = ()
    assert said in the_desk.refusal("--dynamic", the_desk.concentrations(factor), "--dynamic-is", "concentration")


def dicom_of_concentrations(desk: Desk) -> Path:
    """The dynamic series of the study with concentrations as pixels, in steps of 0.1 umol/L."""
    import pydicom

    folder, frames = desk.dicom() / "s20", plane_of_concentration()
    for n, path in enumerate(sorted(folder.iterdir())):
        data = pydicom.dcmread(path)
        data.PixelData = np.rint(1e4 * frames[n // SHAPE[0]]).astype("<u2").tobytes()
        data.RescaleSlope, data.RescaleIntercept = 1e-4, 0.0
        data.save_as(path)
    return folder


def test_concentrations_are_read_from_dicom(the_desk: Desk) -> None:
    the_desk.settings = ("--hematocrit", 0.42)
    document = the_desk.document(
        "--dynamic", dicom_of_concentrations(the_desk), "--dynamic-is", "concentration", "--aif", "auto"
    )
    assert_node(the_desk, 0.01)
    assert document["settings"]["dynamic_is"] == "concentration"


def test_parametric_maps_of_concentrations_name_no_t1(the_desk: Desk) -> None:
    pytest.importorskip("highdicom")
    import pydicom

    the_desk.settings = ("--hematocrit", 0.42)
    the_desk.document("--dynamic", the_desk.concentrations(), "--dynamic-is", "concentration", "--dicom")
    found = pydicom.dcmread(the_desk.out / "ktrans.dcm")
    mapping = found.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]
    codes = [item.ConceptCodeSequence[0].CodeValue for item in mapping.QuantityDefinitionSequence]
    assert codes == ["126312", "126341", "126361"]


def test_a_b1_map_corrects_flip_angles_and_dynamic(the_desk: Desk) -> None:
    field = write_volume(the_desk.folder / "b1.nrrd", np.full(SHAPE, 0.85, np.float32))
    common = ("--dynamic", the_desk.nrrd(b1=0.85), "--flip-angles", the_desk.angles(b1=0.85), "--aif", "auto")

    document = the_desk.document(*common, "--b1", field)

    assert_node(the_desk, 0.01)
    np.testing.assert_allclose(the_desk.map("t1")[mask_of("node_1")], NODE.t1_s, rtol=0.001)
    assert document["settings"]["b1_from"] == "map as given, 0.85 in the median"
    assert "corrected by the B1 map" in page_of(the_desk)
    the_desk.document(*common)
    assert np.median(the_desk.map("t1")[mask_of("node_1")]) < 0.8 * NODE.t1_s


def test_a_b1_map_in_percent_is_refused(the_desk: Desk) -> None:
    field = write_volume(the_desk.folder / "b1.nrrd", np.full(SHAPE, 95.0, np.float32))
    line = the_desk.refusal("--dynamic", the_desk.nrrd(), "--t1", 1.2, "--b1", field)
    assert "B1 map: 95 in the median; expected a ratio near 1: this looks like percent" in line


def test_intervals_lie_beside_the_maps_in_table_document_and_report(the_desk: Desk, the_nodes: Path) -> None:
    common = ("--dynamic", the_desk.nrrd(noise=60.0), "--flip-angles", the_desk.angles(), "--aif", "auto")
    document = the_desk.document(*common, "--roi", the_nodes, "--intervals")

    width, status = the_desk.map("ktrans-half-width"), the_desk.map("status")
    assert np.isnan(width[status != 0]).all()
    assert np.isfinite(width[status == 0]).all()
    inside = mask_of("node_1")
    spread = np.std(the_desk.map("ktrans")[inside])
    assert np.median(width[inside]) == pytest.approx(1.96 * spread, rel=0.3)
    told = next(each for each in document["maps"] if each["name"] == "ktrans_per_min_half_width_95")
    assert (told["nrrd"], told["unit"], told["dicom"]) == ("ktrans-half-width.nrrd", "/min", None)
    header = SimpleITK.ReadImage(str(the_desk.out / told["nrrd"]))
    assert header.GetMetaData("HeadNeckNodes.map") == told["name"]
    table = {(row["segment"], row["map"]): row for row in rows_of(the_desk.out / "roi.csv")}
    median = float(table["node_1", "ktrans_per_min"]["half_width_95_median"])
    assert median == pytest.approx(np.median(width[inside]), rel=1e-4)
    assert table["node_1", "iauc60"]["half_width_95_median"] == ""
    maps = {each["name"]: each for each in document["regions"][0]["maps"]}
    assert maps["ktrans_per_min"]["half_width_95_median"] == pytest.approx(median, rel=1e-4)
    assert maps["ktrans_per_min"]["half_width_95_valued"] == np.count_nonzero(inside & (status == 0))
    assert "half_width_95_median" not in maps["r2"]
    assert "Certainty of single voxels" in page_of(the_desk)


def test_without_the_options_there_are_neither_intervals_nor_best_models(the_desk: Desk, the_nodes: Path) -> None:
    document = the_desk.document("--dynamic", the_desk.nrrd(), "--t1", 1.2, "--roi", the_nodes)
    assert (document["best_models"], document["resampling"]) == (None, None)
    assert document["regions"][0]["best_models"] is None
    assert not [*the_desk.out.glob("*half-width*"), *the_desk.out.glob("best-model*"), *the_desk.out.glob("models*")]
    page = page_of(the_desk)
    assert "Certainty of single voxels" not in page
    assert "Best model" not in page


def test_the_best_model_is_a_segmentation_with_names_and_shares_everywhere(the_desk: Desk, the_nodes: Path) -> None:
    common = ("--dynamic", the_desk.nrrd(noise=30.0), "--flip-angles", the_desk.angles(), "--aif", "auto")
    document = the_desk.document(*common, "--roi", the_nodes, "--compare", *SOME)

    best = read_segmentation(the_desk.out / "best-model.seg.nrrd")
    header = SimpleITK.ReadImage(str(the_desk.out / "best-model.seg.nrrd"))
    assert header.GetMetaData("HeadNeckNodes.map") == "best_model"
    segments = {each.name: each for each in best.segments}
    extended = segments["Extended Tofts model"]
    assert extended.mask()[mask_of("node_1")].mean() > 0.9
    assert extended.label_value == 2
    assert best.geometry.matches(GEOMETRY)
    node = {each["model"]: each for each in document["regions"][0]["best_models"]}
    assert list(node) == list(SOME)
    assert node["extended_tofts"]["voxels"] == np.count_nonzero(extended.mask() & mask_of("node_1"))
    rows = rows_of(the_desk.out / "models.csv")
    assert [row["segment"] for row in rows[::3]] == ["all voxels", "node_1", "node_2"]
    assert float(rows[4]["share_of_compared"]) == pytest.approx(node["extended_tofts"]["share"], rel=1e-4)
    assert document["best_models"]["compared"] == sum(int(row["voxels"]) for row in rows[:3])
    assert "Two-compartment" not in page_of(the_desk)
    assert "Best model" in page_of(the_desk)


def test_all_models_are_compared_and_the_terminal_says_which_is_best(the_desk: Desk) -> None:
    common = ("--dynamic", the_desk.nrrd(noise=30.0), "--flip-angles", the_desk.angles(), "--aif", "auto")
    assert the_desk.run(*common, "--compare", "all") == 0
    line = next(each for each in the_desk.printed().splitlines() if each.startswith("best model (AICc)"))
    assert re.search(r"Tofts model \d+%, extended Tofts model \d+%, two-compartment exchange model \d+%, Patlak", line)


def both_grids_in(text: str) -> bool:
    return "72 x 60 x 9 voxels of 0.5 x 0.5 x 1 mm" in text and "24 x 20 x 3 voxels of 1.5 x 1.5 x 3 mm" in text


def test_segments_of_another_grid_are_brought_onto_the_study_and_it_is_said(the_desk: Desk) -> None:
    nodes = write_segments(the_desk.folder / "fine.seg.nrrd", "node_1", "node_2", geometry=FINE)
    common = ("--dynamic", the_desk.nrrd(), "--flip-angles", the_desk.angles(), "--aif", "auto", "--roi", nodes)
    document = the_desk.document(*common)

    for region, tissue in zip(document["regions"], (NODE, NODE_2), strict=True):
        assert region["voxels"] == np.count_nonzero(mask_of(tissue.name))
        median = next(each["median"] for each in region["maps"] if each["name"] == "ktrans_per_min")
        assert median == pytest.approx(tissue.ktrans, rel=0.01)
    told: dict[str, Any] = document["resampling"]
    assert told["drawn_on"]["size_ijk"] == [72, 60, 9]
    assert told["used_on"]["spacing_mm"] == [1.5, 1.5, 3.0]
    assert [each["inside_share"] for each in told["segments"]] == [1.0, 1.0]
    assert told["segments"][0]["drawn_ml"] == pytest.approx(told["segments"][0]["used_ml"])
    assert both_grids_in(document["cautions"][0])
    assert both_grids_in(page_of(the_desk))
    assert the_desk.run(*common) == 0
    assert both_grids_in(the_desk.printed())


def test_an_artery_of_another_grid_is_measured(the_desk: Desk) -> None:
    artery = write_segments(the_desk.folder / "artery.seg.nrrd", "aif", geometry=FINE)
    document = the_desk.document(
        "--dynamic", the_desk.nrrd(), "--flip-angles", the_desk.angles(), "--aif", artery, "--blood-t1", BLOOD_T1_S
    )
    assert document["aif"]["voxels"] == np.count_nonzero(mask_of("aif"))
    assert any(both_grids_in(each) for each in document["cautions"])
    assert np.median(the_desk.map("ktrans")[1, 2:7, 12:20]) == pytest.approx(MUSCLE.ktrans, rel=0.02)


def test_segments_elsewhere_are_refused_with_both_grids(the_desk: Desk) -> None:
    labels = np.zeros(SHAPE, np.uint8)
    labels[1, 5:9, 5:9] = 1
    away = ImageGeometry(GEOMETRY.size_ijk, GEOMETRY.spacing_mm, (200.0, 0.0, 0.0))
    nodes = write_volume(the_desk.folder / "away.nrrd", labels, away)
    line = the_desk.refusal("--dynamic", the_desk.nrrd(), "--t1", 1.2, "--roi", nodes)
    assert "segment label_1 lies outside the dynamic study" in line
    assert "first voxel at RAS (-200.0, 0.0, 0.0) mm" in line
    assert "first voxel at RAS (18.0, 15.0, 40.0) mm" in line


def names_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def test_a_folder_holds_the_files_of_one_fit_and_those_of_others(the_desk: Desk, the_nodes: Path) -> None:
    dynamic = the_desk.nrrd(noise=20.0)
    asked = ("--delay", "search", "--intervals", "--compare", *SOME, "--roi", the_nodes)
    first = the_desk.document("--dynamic", dynamic, "--t1", 1.2, *asked)
    assert names_in(the_desk.out) == set(first["files"]) >= {"kep.nrrd", "roi.csv", "best-model.seg.nrrd"}
    (the_desk.out / "mine.txt").write_text("notes")
    (the_desk.out / "reading.json").write_text("of somebody else")
    second = the_desk.document("--dynamic", dynamic, "--t1", 1.2, "--model", "patlak")
    assert not set(second["files"]) & {"kep.nrrd", "ve.nrrd", "roi.csv", "evidence.json", "models.csv"}
    assert names_in(the_desk.out) == {*second["files"], "mine.txt", "reading.json"}


def test_files_in_a_folder_that_holds_no_fit_of_ours_stay(the_desk: Desk) -> None:
    the_desk.out.mkdir()
    for name, text in (("kep.nrrd", "of somebody else"), ("fit.json", '{"schema": "other/1", "files": ["kep.nrrd"]}')):
        (the_desk.out / name).write_text(text)
    the_desk.document("--dynamic", the_desk.nrrd(), "--t1", 1.2, "--model", "patlak")
    assert (the_desk.out / "kep.nrrd").read_text() == "of somebody else"


def test_what_cannot_be_a_study_or_an_artery_is_named(the_desk: Desk) -> None:
    (the_desk.folder / "dynamic.nii.gz").write_bytes(b"")
    line = the_desk.refusal("--dynamic", the_desk.folder / "dynamic.nii.gz", "--t1", 1.2)
    assert "is read from DICOM files or a four-dimensional NRRD; convert it" in line
    line = the_desk.refusal("--dynamic", the_desk.nrrd(), "--t1", 1.2, "--aif", the_desk.folder)
    assert "or a segmentation or CSV file; this is a folder" in line
