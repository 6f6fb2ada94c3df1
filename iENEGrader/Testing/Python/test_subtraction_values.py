"""Iodine of a subtraction in regions, in words: mean, uncertainty, false rims, and what is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.panel.spectral.regions import Region
from iENEGraderLib.panel.spectral.subtraction_values import SubtractionMap, subtraction_words

GRID = ImageGeometry((30, 30, 10), (1.0, 1.0, 2.0), (0.0, 0.0, 0.0))
NODE = Region("N1", np.ones((4, 10, 10), dtype=bool), (3, 10, 10), "N1")
NOISE_MG_ML = 0.4


@pytest.fixture
def a_map() -> SubtractionMap:
    """4 mg/mL everywhere, with noise."""
    noise = np.random.default_rng(3).normal(0.0, NOISE_MG_ML, GRID.array_shape)
    return SubtractionMap(Image((4.0 + noise).astype(np.float32), GRID), np.zeros(GRID.array_shape, dtype=bool))


def numbers(words: str) -> tuple[float, float]:
    value, error = words.removeprefix("N1: ").split(" mg/mL")[0].split(" ± ")
    return float(value), float(error)


def test_noise_makes_a_mean_of_400_voxels_uncertain_by_a_twentieth_of_it(a_map: SubtractionMap) -> None:
    words = subtraction_words(a_map, NODE)
    assert words.endswith(" mg/mL of iodine"), "nothing to mind"
    value, error = numbers(words)
    assert value == pytest.approx(4.0, abs=0.06)
    assert error == pytest.approx(NOISE_MG_ML / 20, abs=0.011)


def test_a_default_slope_makes_it_uncertain_by_as_much_of_its_value(a_map: SubtractionMap) -> None:
    _, error = numbers(subtraction_words(replace(a_map, slope_uncertainty=0.05), NODE))
    assert error == pytest.approx(np.hypot(0.2, NOISE_MG_ML / 20), abs=0.011)


def test_voxels_at_strong_edges_are_told(a_map: SubtractionMap) -> None:
    a_map.rims[3:5, 10:15, 10:20] = True
    assert subtraction_words(a_map, NODE).endswith(", 25 % of it at strong edges that could be false rims")


def test_where_nothing_is_known_is_left_out_of_the_mean(a_map: SubtractionMap) -> None:
    a_map.iodine.voxels[3] = 0.0
    words = subtraction_words(a_map, NODE)
    assert numbers(words)[0] == pytest.approx(4.0, abs=0.06)
    assert words.endswith(", 25 % of the region left out: bone, air, or outside the first scan")
    a_map.iodine.voxels[:] = 0.0
    assert subtraction_words(a_map, NODE) == "N1: nothing is known of its iodine"
