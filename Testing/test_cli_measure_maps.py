"""`hnn measure` with spectral maps: what it takes from them, and which files it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from case_phantoms import GEOMETRY, SmallNeck, a_small_neck, write_case
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.write import write_image
from hnn.cli.main import main
from iENEGraderLib.spectral import MonochromaticSeries, fat_fraction, iodine, monochromatic_input, virtual_monochromatic
from iENEGraderLib.spectral.map_file import write_map
from spectral_phantoms import Neck

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.spectral import Blend

NODE_MG_ML = 2.5


@pytest.fixture
def a_neck() -> SmallNeck:
    return a_small_neck()


@pytest.fixture(scope="module")
def some_blends() -> dict[str, Blend]:
    """Blends as they head the files of maps."""
    data = monochromatic_input([MonochromaticSeries(Neck(noise_hu=8.0).monochromatic(kev), kev) for kev in (40, 70)])
    return {"iodine": iodine(data), "fat": fat_fraction(data), "vmi": virtual_monochromatic(data, 40)}


@pytest.fixture
def the_maps(tmp_path: Path, a_neck: SmallNeck, some_blends: dict[str, Blend]) -> dict[str, Path]:
    """Iodine in the nodes, and the fat between all structures, in files."""
    rng = np.random.default_rng(5)
    nodes = a_neck.masks["node_cuff"] | a_neck.masks["node_ball"]
    values = {
        "iodine": np.where(nodes, NODE_MG_ML, 0.0) + rng.normal(0, 0.2, nodes.shape),
        "fat": (a_neck.hu < -50) + rng.normal(0, 0.05, nodes.shape),
        "vmi": a_neck.hu.astype(float),
    }
    paths = {}
    for name, each in values.items():
        paths[name] = tmp_path / f"{name}.nrrd"
        write_map(Image(each.astype(np.float32), GEOMETRY), some_blends[name], paths[name])
    return paths


def measured(folder: Path, neck: SmallNeck, *more: object) -> int:
    image, segmentation = write_case(folder, neck)
    return main(["measure", "--image", str(image), "--segmentation", str(segmentation), "--json", *map(str, more)])


def test_maps_are_used_and_named(
    tmp_path: Path, a_neck: SmallNeck, the_maps: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--iodine-map", the_maps["iodine"], "--fat-map", the_maps["fat"], "--vmi-map", the_maps["vmi"])
    assert measured(tmp_path, a_neck, *given) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert [each["map"] for each in document["maps"]] == ["iodine", "fat_fraction", "monochromatic"]
    values = {each["kind"]: each for each in document["nodes"][1]["map_values"]}
    assert values["iodine_concentration"]["value"] == pytest.approx(NODE_MG_ML, abs=0.05)
    assert values["iodine_concentration"]["unit"] == "mg/mL"
    assert values["margin_fat_fraction"]["value"] > 0.8
    assert values["attenuation_40_kev"]["value"] == pytest.approx(95, abs=2)
    assert document["nodes"][1]["spike_survey"]["values_from"] == "fat map (1 minus fat fraction)"
    assert document["veins"][0]["values_from"] == "iodine map in mg/mL"
    assert document["contacts"][0]["fat_plane"]["values_from"] == "fat map (1 minus fat fraction)"
    assert str(tmp_path) not in json.dumps(document)


def test_files_that_cannot_be_used_are_refused_in_one_line(
    tmp_path: Path, a_neck: SmallNeck, the_maps: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    plain, moved = tmp_path / "plain.nrrd", tmp_path / "moved.nrrd"
    write_image(Image(np.zeros(GEOMETRY.array_shape, np.float32), GEOMETRY), plain)
    shifted = Image(np.zeros(GEOMETRY.array_shape, np.float32), replace(GEOMETRY, origin_lps_mm=(0.0, 0.0, 0.0)))
    write_image(shifted, moved, {"HeadNeckNodes.map": "iodine", "HeadNeckNodes.unit": "mg/mL"})
    for given, said in (
        (("--iodine-map", plain), "its header does not say which map it is nor its unit"),
        (("--iodine-map", the_maps["fat"]), "found a map of the kind fat fraction, expected iodine"),
        (("--iodine-map", moved), "expected the grid of the segments"),
        (("--vmi-map", the_maps["vmi"], the_maps["vmi"]), "is a second image of 40 keV"),
        (("--fat-map", tmp_path / "none.nrrd"), "none.nrrd"),
    ):
        assert measured(tmp_path, a_neck, *given) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert said in err
        assert err.count("\n") == 1
