"""The one primitive of all maps: exact, rounded, saturating, the same for volumes, sections and threads."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from iENEGraderLib.spectral import Affine, Blend, MapKind, apply
from iENEGraderLib.spectral import blend as blend_module

BLEND = Affine((1.992, -0.992), 0.25)


@pytest.fixture
def two_volumes() -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.integers(-1024, 3071, (7, 37, 53), dtype=np.int16) for _ in range(2)]


def exact(affine: Affine, images: list[np.ndarray]) -> np.ndarray:
    return sum(w * image.astype(float) for w, image in zip(affine.weights, images, strict=True)) + affine.offset


@pytest.mark.parametrize("threads", [1, 2, 3, 16])
def test_floats_and_rounded_integers_are_those_of_the_formula(two_volumes: list[np.ndarray], threads: int) -> None:
    truth = exact(BLEND, two_volumes)
    floats = apply(BLEND, two_volumes, threads=threads)
    whole = apply(BLEND, two_volumes, np.empty(truth.shape, np.int16), threads)
    assert floats.dtype == np.float32
    assert np.abs(floats - truth).max() < 2e-3
    assert np.abs(whole - truth).max() <= 0.5 + 2e-3


def test_sections_and_strided_views_are_those_of_the_volume(two_volumes: list[np.ndarray]) -> None:
    whole = apply(BLEND, two_volumes)
    assert np.array_equal(apply(BLEND, [v[3] for v in two_volumes]), whole[3])
    assert np.allclose(apply(BLEND, [v[:, :, 5] for v in two_volumes]), whole[:, :, 5], atol=2e-3)
    out = np.zeros((14, 37, 53), np.float32)
    assert np.array_equal(apply(BLEND, two_volumes, out[::2], 2), whole)
    assert not out[1::2].any()


def test_large_sections_are_computed_in_parts() -> None:
    images = [np.random.default_rng(n).integers(-1000, 1000, (900, 700), dtype=np.int16) for n in range(3)]
    affine = Affine((0.5, -2.0, 1.5), 3.0)
    assert np.allclose(apply(affine, images), exact(affine, images), atol=1e-3)


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.int32])
def test_integers_stop_at_the_ends_of_their_range(dtype: type) -> None:
    image = np.array([[-30000, -300, 0, 300, 30000]], np.int16)
    found = apply(Affine((100000.0,)), [image], np.empty(image.shape, dtype))
    info = np.iinfo(dtype)
    assert found[0, 2] == 0
    assert found[0, 0] == info.min
    assert found[0, 4] == pytest.approx(info.max, rel=1e-6)
    assert found[0, 4] > 0


def test_an_input_without_weight_does_not_spoil_the_map() -> None:
    image, broken = np.ones((2, 2), np.float32), np.full((2, 2), np.nan, np.float32)
    assert (apply(Affine((2.0, 0.0), 1.0), [image, broken]) == 3).all()
    assert (apply(Affine((0.0, 0.0), 1.0), [image, image]) == 1).all()


def test_blending_commutes_with_interpolation(two_volumes: list[np.ndarray]) -> None:
    between = [(v[:-1].astype(np.float32) + v[1:]) / 2 for v in two_volumes]
    whole = apply(BLEND, two_volumes)
    assert np.allclose(apply(BLEND, between), (whole[:-1] + whole[1:]) / 2, atol=2e-3)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("stored", "shown"),
    [(np.int16, np.int16), (np.int16, np.float32), (np.float32, np.int16), (np.float32, np.float32)],
)
def test_opencv_gives_the_values_of_numpy_within_rounding(
    two_volumes: list[np.ndarray], stored: type, shown: type, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opencv = pytest.importorskip("cv2", reason="OpenCV is not installed, NumPy blends alone")
    steep = Affine((19.92, -9.92), 0.25)
    images = [volume.astype(stored) for volume in two_volumes]
    images[0].flags.writeable = False
    calls = []
    counted = SimpleNamespace(
        addWeighted=lambda *a: calls.append(opencv.addWeighted(*a)), CV_16S=opencv.CV_16S, CV_32F=opencv.CV_32F
    )
    found = {}
    for name, backend in (("opencv", counted), ("numpy", None)):
        monkeypatch.setattr(blend_module, "_opencv", lambda backend=backend: backend)
        found[name] = apply(steep, images, np.empty(images[0].shape, shown), threads)
    assert len(calls) == len(images[0])
    apart = np.abs(found["opencv"].astype(float) - found["numpy"])
    assert apart.max() <= (1 if shown is np.int16 else 1e-2)
    assert np.mean(apart > 0.5) < 0.001


@pytest.mark.parametrize(
    "images",
    [
        [np.ones((2, 3, 4), np.int16)] * 3,
        [np.ones((2, 3, 4), np.int16), np.ones((2, 3, 4), np.float32)],
        [np.ones((2, 3, 8), np.int16)[:, :, ::2]] * 2,
        [np.ones((2, 3, 4), np.int32)] * 2,
    ],
    ids=["three images", "two types", "gaps between columns", "a type that OpenCV does not blend"],
)
def test_what_opencv_cannot_blend_is_left_to_numpy(images: list[np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blend_module, "_opencv", SimpleNamespace)
    assert (apply(Affine((1.0,) * len(images), 0.5), images) == len(images) + 0.5).all()


@settings(max_examples=30, deadline=None)
@given(
    arrays(np.int16, (2, 3, 4), elements=st.integers(-2000, 4000)),
    st.floats(-3, 3),
    st.floats(-50, 50),
    st.integers(1, 3),
)
def test_any_blend_of_one_image_is_the_formula(image: np.ndarray, weight: float, offset: float, threads: int) -> None:
    affine = Affine((weight,), offset)
    assert np.allclose(apply(affine, [image], threads=threads), exact(affine, [image]), atol=5e-3)


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (((2, 3), (3, 2)), r"the arrays have shapes \(2, 3\), \(3, 2\)"),
        (((5,), (5,)), "expected sections or volumes of one shape"),
        (((2, 3),), "1 images for a map of 2 inputs"),
    ],
)
def test_images_that_do_not_fit_are_refused(shapes: tuple, words: str) -> None:
    with pytest.raises(InputError, match=words):
        apply(BLEND, [np.zeros(shape) for shape in shapes])


def test_an_output_of_another_shape_is_refused(two_volumes: list[np.ndarray]) -> None:
    with pytest.raises(InputError, match="of one shape"):
        apply(BLEND, two_volumes, np.empty((1, 2, 3)))


def test_units_zero_and_noise_of_a_blend_follow() -> None:
    blend = Blend(MapKind.IODINE, "iodine", "mg/mL", Affine((0.02, -0.01), 0.5), Affine((0.001, 0.0)))
    hundredths = blend.in_unit("10 ug/mL", 100)
    means = np.array([100.0, 50.0])
    assert hundredths.affine.of(means) == pytest.approx(100 * blend.affine.of(means))
    assert hundredths.model_error is not None
    assert hundredths.model_error.weights == (0.1, 0.0)
    zeroed = blend.zeroed_at(means, "muscle")
    assert zeroed.affine.of(means) == pytest.approx(0)
    assert zeroed.name == "iodine, relative to muscle"
    covariance = np.array([[25.0, 5.0], [5.0, 16.0]])
    draws = np.random.default_rng(0).multivariate_normal(means, covariance, 200_000)
    assert blend.noise(covariance) == pytest.approx((draws @ blend.affine.weights).std(), rel=0.01)
