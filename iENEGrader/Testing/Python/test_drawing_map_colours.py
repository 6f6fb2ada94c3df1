"""Colours of maps: evenly brighter, and the same in every view, report and teaching file."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.drawing.map_colours import PERFUSION_SCALES, SPECTRAL_SCALES, ColourScale
from iENEGraderLib.export.job.case_map import Quantity
from iENEGraderLib.export.teaching.map_look import LOOKS
from iENEGraderLib.spectral import MapKind

SCALES = SPECTRAL_SCALES | PERFUSION_SCALES
DISTINCT = sorted(set(SCALES.values()), key=lambda scale: scale.name)


@pytest.mark.parametrize("scale", DISTINCT, ids=lambda scale: scale.name)
def test_steps_of_lightness_are_even_and_span_nearly_all(scale: ColourScale) -> None:
    linear = np.where(scale.colours <= 0.04045, scale.colours / 12.92, ((scale.colours + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    lightness = np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)
    np.testing.assert_allclose(lightness, np.linspace(lightness[0], lightness[-1], len(lightness)), atol=0.5)
    assert lightness[-1] - lightness[0] > 85


def test_places_beyond_the_ends_have_the_colour_of_the_end_and_none_that_of_zero() -> None:
    scale = DISTINCT[0]
    found = scale.at(np.array([[-1.0, 2.0], [np.nan, 0.5]]))
    assert found.shape == (2, 2, 3)
    assert found[0, 0].tolist() == found[1, 0].tolist() == list(scale.anchors[0])
    assert found[0, 1].tolist() == list(scale.anchors[-1])
    assert found[1, 1].tolist() == scale.colours[128].tolist()


@pytest.mark.parametrize("quantity", list(Quantity), ids=lambda quantity: quantity.word)
def test_the_teaching_file_shows_each_map_as_the_views_do(quantity: Quantity) -> None:
    assert LOOKS[quantity].scale is SCALES[quantity]


def test_maps_with_colours_are_named_as_in_their_files() -> None:
    assert set(SPECTRAL_SCALES) == {MapKind.IODINE, MapKind.FAT_FRACTION}
