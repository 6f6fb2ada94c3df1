"""`hnn pwi fit` on files: maps that are true, and inputs that are refused in one line, leaving nothing."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import SimpleITK
from fit_desk import Desk
from fit_studies import (
    BLOOD_T1_S,
    GEOMETRY,
    NODE,
    NODE_2,
    SHAPE,
    Tissue,
    mask_of,
    t1_plane,
    times_s,
    write_dynamic_nrrd,
    write_segments,
    write_volume,
)
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from hnn.cli import main as command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def the_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def assert_true(desk: Desk, tissue: Tissue, share: float) -> None:
    """Expect the three maps of a tissue within a share of the truth."""
    inside = mask_of(tissue.name)
    for stem, truth in (("ktrans", tissue.ktrans), ("ve", tissue.ve), ("vp", tissue.vp)):
        np.testing.assert_allclose(
            desk.map(stem)[inside], truth, rtol=share, atol=2e-4, err_msg=f"{tissue.name} {stem}"
        )


def test_maps_of_a_dicom_study_are_true_with_t1_and_artery_found_in_it(the_desk: Desk) -> None:
    document = the_desk.document("--dynamic", the_desk.dicom(), "--aif", "auto")

    for node in (NODE, NODE_2):
        assert_true(the_desk, node, 0.01)
        np.testing.assert_allclose(the_desk.map("t1")[mask_of(node.name)], node.t1_s, rtol=0.001)
    assert document["aif"]["source"] == "detected"
    assert document["aif"]["voxels"] == np.count_nonzero(mask_of("aif"))
    assert document["settings"]["t1_from"] == "flip_angles"
    assert document["protocol"]["summary"]["met"] > 0


def test_a_population_curve_arrives_when_the_images_say(the_desk: Desk) -> None:
    document = the_desk.document("--dynamic", the_desk.nrrd(), "--flip-angles", the_desk.angles())

    assert document["aif"]["arrival_s"] == pytest.approx(33.0, abs=0.2)
    for node in (NODE, NODE_2):
        assert_true(the_desk, node, 0.03)


def test_a_drawn_artery_with_its_own_t1_gives_the_truth_for_every_model_that_holds(the_desk: Desk) -> None:
    artery = write_segments(the_desk.folder / "artery.seg.nrrd", "aif")
    t1 = write_volume(the_desk.folder / "t1.nrrd", np.repeat(1000 * t1_plane()[None], SHAPE[0], 0).astype(np.float32))

    the_desk.document(
        "--dynamic", the_desk.nrrd(), "--t1-map", t1, "--t1-unit", "ms", "--aif", artery,
        "--blood-t1", 1000 * BLOOD_T1_S, "--delay", "search",
    )  # fmt: skip

    assert_true(the_desk, NODE, 0.02)
    assert np.abs(the_desk.map("delay")[mask_of("node_1")]).max() < 0.2
    assert the_desk.run("--dynamic", the_desk.nrrd(), "--t1-map", t1, "--t1-unit", "ms", "--aif", artery,
                        "--model", "two_compartment_exchange") == 0  # fmt: skip
    assert (the_desk.out / "fp.nrrd").exists()


def test_a_curve_that_was_written_is_read_again(the_desk: Desk) -> None:
    common = ("--dynamic", the_desk.nrrd(), "--flip-angles", the_desk.angles())
    the_desk.document(*common)
    before = the_desk.map("ktrans")
    curve = the_desk.out / "aif.csv"
    curve = curve.rename(the_desk.folder / "curve.csv")

    document = the_desk.document(*common, "--aif", curve)

    assert document["aif"]["source"] == "file"
    np.testing.assert_allclose(the_desk.map("ktrans"), before, rtol=1e-3, atol=1e-5, equal_nan=True)


def test_maps_say_what_they_show_in_which_unit_and_why_there_is_no_value(the_desk: Desk) -> None:
    document = the_desk.document("--dynamic", the_desk.nrrd(), "--flip-angles", the_desk.angles())

    units = {each["name"]: each["unit"] for each in document["maps"]}
    assert (units["ktrans_per_min"], units["ve"], units["iauc60"], units["t1_s"]) == ("/min", "1", "mmol/L.s", "s")
    for each in document["maps"]:
        image = SimpleITK.ReadImage(str(the_desk.out / each["nrrd"]))
        assert image.GetMetaData("HeadNeckNodes.unit") == each["unit"]
        assert image.GetMetaData("HeadNeckNodes.map") == each["name"]
        assert image.GetOrigin() == pytest.approx(GEOMETRY.origin_lps_mm)
    air = the_desk.map("status")[0, 0, 0]
    stated = {row["code"]: row["name"] for row in document["quality"]["status"]}
    assert stated[int(air)] == "zero_baseline"
    assert np.isnan(the_desk.map("ktrans")[0, 0, 0])
    assert sum(row["voxels"] for row in document["quality"]["status"]) == np.prod(SHAPE)


def test_segments_are_summed_up_and_fitted_in_table_and_document(the_desk: Desk) -> None:
    nodes = write_segments(the_desk.folder / "nodes.seg.nrrd", "node_1", "node_2")
    document = the_desk.document(
        "--dynamic", the_desk.nrrd(noise=8.0), "--flip-angles", the_desk.angles(), "--roi", nodes
    )

    with (the_desk.out / "roi.csv").open(newline="") as file:
        rows = {(row["segment"], row["map"]): row for row in csv.DictReader(file)}
    ktrans = rows["node_1", "ktrans_per_min"]
    assert float(ktrans["median"]) == pytest.approx(np.median(the_desk.map("ktrans")[mask_of("node_1")]), rel=1e-4)
    assert float(ktrans["p25"]) < float(ktrans["median"]) < float(ktrans["p75"])
    assert float(ktrans["of_mean_curve"]) == pytest.approx(NODE.ktrans, rel=0.03)
    first = document["regions"][0]
    assert first["mean_curve"]["parameters"]["ve"]["value"] == pytest.approx(NODE.ve, rel=0.03)
    assert len(first["mean_curve"]["fit_mM"]) == len(times_s())
    assert {each["kind"] for each in first["cautions"]} == {"necrosis_or_cyst", "vessel", "hemorrhage", "no_value"}


def test_what_was_assumed_is_said(the_desk: Desk) -> None:
    the_desk.settings = ()
    document = the_desk.document("--dynamic", the_desk.nrrd(), "--t1", 1.2)

    said = " ".join(document["cautions"])
    assert "relaxivity 4.5 /(mM s) was assumed" in said
    assert "hematocrit 0.42 was assumed" in said
    assert "one T1 before contrast was used for all tissue" in said
    assert "population average" in said


def test_times_come_from_a_table_when_the_file_does_not_state_them(the_desk: Desk) -> None:
    plain = write_dynamic_nrrd(the_desk.folder / "plain.nrrd", stated=False)
    minutes = the_desk.folder / "times.csv"
    minutes.write_text("time (min)\n" + "\n".join(f"{time / 60:.9f}" for time in times_s()))
    common = ("--dynamic", plain, "--flip-angles", the_desk.angles(), "--tr", 0.005, "--flip-angle", 15)

    assert "does not state the times" in the_desk.refusal(*common)
    document = the_desk.document(*common, "--times", minutes)

    assert document["study"]["time_s"] == pytest.approx(times_s(), abs=1e-3)
    assert_true(the_desk, NODE, 0.03)
    minutes.write_text("time\n0\n5\n")
    assert "expected one column 'time (s)'" in the_desk.refusal(*common, "--times", minutes)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--t1", 1200), "looks like milliseconds"),
        (("--t1", 1.2, "--tr", 5), "looks like milliseconds"),
        (("--t1", 1.2, "--flip-angle", 0.26), "looks like radians"),
        (("--t1", 1.2, "--t1-map", "x.nrrd"), "T1 is given twice"),
        ((), "T1 before contrast is not known"),
        (("--t1", 1.2, "--aif", "auto"), "T1 of blood is not known"),
        (("--t1", 1.2, "--hematocrit", 42), "expected a share"),
        (("--t1", 1.2, "--relaxivity", 4500), "relaxivity 4500"),
        (("--t1", 1.2, "--baseline", 60), "expected 1 to 58"),
        (("--t1", 1.2, "--delay", "some"), "expected none, search or seconds"),
        (("--t1", 1.2, "--reading", "x.json"), "--reading needs --roi"),
        (("--t1", 1.2, "--compare", "tofts"), "--compare tofts: expected two or more models, each once, or all"),
        (("--dynamic-is", "concentration", "--t1", 1.2, "--tr", 0.005), "--t1 and --tr: not used when the frames hold"),
        (("--dynamic-is", "concentration"), "looks like signal; give it as signal, with T1"),
        (("--t1", 1.2, "--aif", "parkr"), "expected auto, parker, georgiou, weinmann, wong, or a segmentation"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_with_the_likely_cause(
    the_desk: Desk, options: tuple[Any, ...], said: str
) -> None:
    the_desk.settings = ()
    assert said in the_desk.refusal("--dynamic", the_desk.nrrd(), *options)


def test_a_repetition_time_in_seconds_in_the_header_is_not_used(the_desk: Desk) -> None:
    wrong = write_dynamic_nrrd(the_desk.folder / "wrong.nrrd", tr_ms="0.005")
    assert (
        "repetition time is stated as 0.005 ms, which no spoiled gradient echo has; it was not used; give it with"
        in (the_desk.refusal("--dynamic", wrong, "--t1", 1.2))
    )


def test_another_grid_is_refused_with_both_grids(the_desk: Desk) -> None:
    moved = ImageGeometry(GEOMETRY.size_ijk, (1.5, 1.5, 4.0), GEOMETRY.origin_lps_mm)
    t1 = write_volume(the_desk.folder / "t1.nrrd", np.ones(SHAPE, np.float32), moved)

    for option in ("--t1-map", "--b1"):
        line = the_desk.refusal("--dynamic", the_desk.nrrd(), option, t1, *(("--t1", 1.2) if option == "--b1" else ()))
        assert "1.5 x 1.5 x 3 mm" in line
        assert "1.5 x 1.5 x 4 mm" in line


def test_one_of_several_segments_must_be_the_artery(the_desk: Desk) -> None:
    two = write_segments(the_desk.folder / "two.seg.nrrd", "node_1", "node_2")
    line = the_desk.refusal("--dynamic", the_desk.nrrd(), "--t1", 1.2, "--blood-t1", 1.6, "--aif", two)
    assert "which of node_1, node_2 is the artery?" in line


def test_a_result_never_replaces_what_is_read(the_desk: Desk) -> None:
    t1 = write_volume(the_desk.folder / "t1.nrrd", np.ones(SHAPE, np.float32))
    line = the_desk.refusal("--dynamic", the_desk.nrrd(), "--t1-map", t1, "--out", the_desk.folder)
    assert "choose another folder with --out" in line


def test_an_interrupted_fit_leaves_nothing(the_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(share: float) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("hnn.cli.pwi_fit._share", lambda _what: stopped)
    arguments = ("--dynamic", the_desk.nrrd(), "--flip-angles", the_desk.angles())
    before = set(the_desk.folder.rglob("*"))

    assert the_desk.run(*arguments) == command.INTERRUPTED
    assert set(the_desk.folder.rglob("*")) == before


@pytest.mark.shared_data
def test_patches_of_the_qiba_object_are_within_four_percent(the_desk: Desk, shared_data: Callable[[str], Path]) -> None:
    the_desk.settings = ("--relaxivity", 4.5, "--hematocrit", 0.45)
    the_desk.document(
        "--dynamic", shared_data("qiba-tofts-v6"), "--t1", 1.0, "--blood-t1", 1.44, "--aif", "auto", "--model", "tofts"
    )
    ktrans, ve = (the_desk.map(stem)[0, 15:70:10, 15:50:10] for stem in ("ktrans", "ve"))
    truth = np.repeat([[0.01], [0.02], [0.05], [0.1], [0.2], [0.35]], 4, axis=1)
    np.testing.assert_allclose(ktrans, truth, rtol=0.04)
    np.testing.assert_allclose(ve, np.tile([0.05, 0.1, 0.2, 0.5], (6, 1)), rtol=0.04)


@pytest.mark.shared_data
def test_the_reference_object_of_the_older_slicer_module_is_met(
    the_desk: Desk, shared_data: Callable[[str], Path]
) -> None:
    folder = shared_data("pkmodeling-dro")
    the_desk.settings = ("--relaxivity", 4.5, "--hematocrit", 0.45)
    the_desk.document(
        "--dynamic", folder / "DRO3min5secinf.nrrd", "--t1-map", folder / "DRO-T1Map.nrrd", "--t1-unit", "ms",
        "--aif", folder / "DRO-AIF.nrrd", "--roi", folder / "DRO-ROI.nrrd",
    )  # fmt: skip
    # Columns in threes of rising delay, of which the first has none; rows in fours of one ve with rising vp.
    np.testing.assert_allclose(
        the_desk.map("ktrans")[0, 1:, 1::3], np.tile([0.05, 0.1, 0.2, 0.3, 0.4], (12, 1)), rtol=0.03
    )
    np.testing.assert_allclose(
        the_desk.map("ve")[0, 1:, 1::3], np.repeat([[0.15], [0.25], [0.35]], 4, axis=0).repeat(5, axis=1), rtol=0.05
    )
    np.testing.assert_allclose(
        the_desk.map("vp")[0, 1:, 1::3], np.tile([[0.0], [0.01], [0.02], [0.03]], (3, 5)), atol=0.0015
    )


def test_the_summary_names_values_cautions_and_the_limit_of_use(the_desk: Desk) -> None:
    nodes = write_segments(the_desk.folder / "nodes.seg.nrrd", "node_1")
    assert the_desk.run("--dynamic", the_desk.nrrd(), "--flip-angles", the_desk.angles(), "--roi", nodes) == 0
    printed = the_desk.printed()
    assert "node_1: Ktrans 0.25" in printed
    assert "not recommended for N staging" in printed
    assert json.loads((the_desk.out / "fit.json").read_text())["schema"] == "hnn-pwi-fit/1"


def test_enhancing_voxels_without_a_value_are_cautioned_with_the_reason(the_desk: Desk) -> None:
    document = the_desk.document("--dynamic", the_desk.nrrd(), "--t1", 1.2, "--flip-angle", 4, "--aif", "wong")
    assert any(
        "of the voxels that enhance have no value, mostly: the signal is higher" in text
        for text in document["cautions"]
    )


def test_a_fit_without_any_value_is_refused_with_the_reason_and_nothing_is_written(the_desk: Desk) -> None:
    line = the_desk.refusal("--dynamic", the_desk.nrrd(), "--t1", 1.2, "--flip-angle", 3, "--aif", "wong")
    assert "no voxel has a value: 100% of the voxels that enhance have no value, mostly: the signal is higher" in line
