"""Hounsfield units: taken on good evidence only."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.hounsfield import require_hounsfield, why_not_hounsfield
from HeadNeckNodesLib.imaging.image import HeaderFacts, Image

GOOD_HEADER = HeaderFacts(rescale_type="HU", kvp=120)


def neck(air: float = -1000, fat: float = -100, soft: float = 60) -> np.ndarray:
    """A round neck with an airway in air, with noise of 12."""
    j, i = np.mgrid[:64, :64] - 31.5
    radius = np.hypot(j, i)
    section = np.select([radius < 4, radius < 18, radius < 26], [air, soft, fat], air)
    return np.stack([section] * 6) + np.random.default_rng(1).normal(0, 12, (6, 64, 64))


def image_of(voxels: np.ndarray, modality: str = "", header: HeaderFacts | None = None) -> Image:
    k, j, i = voxels.shape
    return Image(voxels, ImageGeometry((i, j, k), (3, 3, 3)), modality, "scan", header)


@pytest.mark.parametrize(
    "image",
    [
        image_of(neck()),
        image_of(neck(), "CT", GOOD_HEADER),
        image_of(neck(), "CT", HeaderFacts(kvp=120)),
        image_of(neck(), "CT", HeaderFacts("HU", None)),
        image_of(neck(air=-3024), "CT", GOOD_HEADER),
    ],
    ids=["without header", "header says HU", "header silent on the type", "monochromatic series", "padded outside"],
)
def test_a_ct_in_hu_is_taken(image: Image) -> None:
    assert why_not_hounsfield(image) is None
    require_hounsfield(image)


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (image_of(neck(), "MR"), "the modality is MR"),
        (image_of(neck(), "CT", HeaderFacts("US", 120)), "'US' (RescaleType), expected 'HU'"),
        (image_of(neck(), "CT", HeaderFacts(None, None)), "no RescaleType, no KVP"),
        (image_of(np.clip(neck() + 1024, 0, None), "CT", HeaderFacts(None, 120)), "no value is negative"),
        (image_of(np.clip(neck(0, 900, 400), 0, None)), "no value is negative"),
        (image_of(neck(air=-780)), "no air near -1000 HU"),
        (image_of(neck(fat=600, soft=600)), "the commonest tissue lies at"),
        (image_of(np.full((4, 8, 8), -1000.0)), "nothing but air"),
    ],
)
def test_anything_else_is_refused_with_its_reason(image: Image, says: str) -> None:
    assert says in str(why_not_hounsfield(image))
    with pytest.raises(InputError, match=r"scan: not in Hounsfield units: .*give the original CT in HU") as caught:
        require_hounsfield(image)
    assert "\n" not in str(caught.value)
