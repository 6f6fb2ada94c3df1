"""Voxels without an answer say why; input that cannot be meant is refused; results depend on nothing but the input."""

from __future__ import annotations

from threading import get_ident

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from kinetics_phantoms import TIMES_S, arterial_mM, random_tissues
from PWIProtocolLib.kinetics import (
    Converter,
    KineticFitter,
    VoxelStatus,
    concentration_from_signal,
    fit,
    fitted_curves,
    signal_of_concentration,
)
from PWIProtocolLib.kinetics.chunks import in_slabs
from PWIProtocolLib.kinetics.status import MEANINGS

AIF = arterial_mM(TIMES_S)


@pytest.fixture(scope="module")
def some_curves() -> np.ndarray:
    return random_tissues(5000).noisy(10)


def test_curves_without_an_answer_get_a_status_and_no_number() -> None:
    curves = np.vstack([random_tissues(1).curves] * 5)
    curves[0], curves[1], curves[2, 7], curves[3, 3] = 0, 0.1, np.nan, np.inf
    curves[4] *= -1
    maps = fit(curves, TIMES_S, AIF)
    expected = [VoxelStatus.CONSTANT] * 2 + [VoxelStatus.NOT_FINITE] * 2 + [VoxelStatus.NEGATIVE]
    assert list(maps.status) == expected
    for values in maps.named().values():
        assert np.isnan(values).all()
    assert not maps.has_value.any()
    assert maps.counts() == {
        VoxelStatus.CONSTANT: 2,
        VoxelStatus.NOT_FINITE: 2,
        VoxelStatus.NEGATIVE: 1,
    }


@pytest.mark.parametrize("model", ["tofts", "patlak", "two_compartment_exchange"])
def test_all_models_refuse_a_curve_that_falls(model: str) -> None:
    assert fit(-random_tissues(1).curves, TIMES_S, AIF, model).status[0] == VoxelStatus.NEGATIVE


def test_the_outcome_of_earlier_steps_is_kept() -> None:
    before = np.array([VoxelStatus.SATURATED, VoxelStatus.FITTED, VoxelStatus.ZERO_BASELINE], np.uint8)
    maps = fit(random_tissues(3).curves, TIMES_S, AIF, voxel_status=before)
    assert list(maps.status) == list(before)
    assert np.isfinite(maps.ktrans_per_min).tolist() == [False, True, False]


def test_every_status_has_a_meaning_for_users() -> None:
    assert set(MEANINGS) == set(VoxelStatus)
    assert not VoxelStatus.NEGATIVE.has_value
    assert VoxelStatus.VE_AT_LIMIT.has_value
    assert "ve" in VoxelStatus.VE_AT_LIMIT.meaning


@pytest.mark.parametrize("delay", ["none", "search"])
def test_results_are_the_same_to_the_last_bit_for_any_order_grouping_and_threads(
    some_curves: np.ndarray, delay: str
) -> None:
    curves = some_curves if delay == "none" else some_curves[:700]
    whole = fit(curves, TIMES_S, AIF, delay=delay, threads=1)
    order = np.random.default_rng(0).permutation(len(curves))
    mixed = fit(curves[order], TIMES_S, AIF, delay=delay, threads=3)
    alone = fit(curves[17:18], TIMES_S, AIF, delay=delay)
    few = fit(curves[3:45], TIMES_S, AIF, delay=delay)
    for name, values in whole.named().items():
        assert np.array_equal(mixed.named()[name], values[order], equal_nan=True)
        assert np.array_equal(alone.named()[name], values[17:18], equal_nan=True)
        assert np.array_equal(few.named()[name], values[3:45], equal_nan=True)


def test_slabs_do_not_depend_on_threads_and_run_beside_each_other() -> None:
    seen: list[tuple[slice, int]] = []
    assert in_slabs(lambda part: seen.append((part, get_ident())), 100, threads=3, slab=7)
    assert sorted(part.start for part, _ in seen) == list(range(0, 100, 7))
    assert max(part.stop for part, _ in seen) == 100


@pytest.mark.parametrize("threads", [1, 2])
def test_a_cancelled_fit_keeps_what_is_done(threads: int) -> None:
    curves = np.tile(random_tissues(1).curves, (70_000, 1))
    shares: list[float] = []

    def stop_at_once(share: float) -> bool:
        shares.append(share)
        return False

    maps = fit(curves, TIMES_S, AIF, threads=threads, progress=stop_at_once)
    assert shares[0] == pytest.approx(1 / 5)
    assert maps.status[0] == VoxelStatus.FITTED
    assert maps.status[-1] == VoxelStatus.NOT_COMPUTED
    assert np.isnan(maps.ktrans_per_min[-1])


def test_a_signal_is_converted_and_fitted_slab_by_slab_as_in_two_steps() -> None:
    curves = random_tissues(300).curves
    settings = {"t1_s": 1.3, "relaxivity_per_mM_s": 4.5}
    signal = np.rint(signal_of_concentration(curves, 12.0, 0.004, m0=20_000, **settings)).astype(np.int16)
    frames_first = np.ascontiguousarray(signal.T)
    seen = np.zeros(curves.shape, np.float32)
    maps = KineticFitter(TIMES_S, AIF).run_signal(
        frames_first.T, Converter(5, 12.0, 0.004, **settings), each_slab=seen.__setitem__
    )
    found = concentration_from_signal(signal, 5, 12.0, 0.004, **settings)
    two_steps = fit(found.mM, TIMES_S, AIF)
    assert np.array_equal(seen, found.mM)
    assert np.array_equal(maps.ktrans_per_min, two_steps.ktrans_per_min)


def test_fitted_curves_are_those_of_the_maps(some_curves: np.ndarray) -> None:
    curves = np.vstack([some_curves[:3], np.zeros((1, 60))])
    maps = fit(curves, TIMES_S, AIF, dtype="float64")
    drawn = fitted_curves(maps, [0, 2, 3], TIMES_S, AIF)
    left = drawn[1] - curves[2]
    assert np.sqrt(left @ left / 57) == pytest.approx(maps.residual_sd[2], rel=1e-5)
    assert np.isnan(drawn[2]).all()


@pytest.mark.parametrize(
    ("times", "aif", "words"),
    [
        (TIMES_S / 60, AIF, "minutes"),
        (TIMES_S * 1000, AIF, "milliseconds"),
        (TIMES_S[:5], AIF[:5], "at least"),
        (TIMES_S[::-1], AIF, "sort"),
        (np.where(TIMES_S == 50, 45, TIMES_S), AIF, "frames 10 and 11 both at 45; .* stored twice"),
        (np.arange(60) * 0.35, AIF, "minutes"),
        (TIMES_S, AIF / 1000, "not mol/L"),
        (TIMES_S, AIF * 1000, "micromol/L"),
        (np.where(TIMES_S == 50, np.nan, TIMES_S), AIF, "not numbers"),
        (TIMES_S, np.full(60, 1.0), "before"),
        (TIMES_S, np.zeros(60), "no bolus"),
        (TIMES_S, AIF * 100, "signal"),
        (TIMES_S, AIF[:-1], "one for each time"),
        (TIMES_S, np.linspace(0, 5, 60), "not covered"),
        (TIMES_S, np.where(TIMES_S == 100, np.nan, AIF), "not numbers"),
    ],
)
def test_times_and_arterial_curves_that_cannot_be_meant_are_refused(
    times: np.ndarray, aif: np.ndarray, words: str
) -> None:
    with pytest.raises(InputError, match=words) as refused:
        fit(random_tissues(2).curves[:, : len(times)], times, aif)
    assert "\n" not in str(refused.value)


def test_a_bolus_outside_the_frames_is_refused() -> None:
    with pytest.raises(InputError, match="outside"):
        fit(random_tissues(2).curves, TIMES_S + 600, AIF, aif_time_s=TIMES_S)
    with pytest.raises(InputError, match="ends at"):
        fit(random_tissues(2).curves, TIMES_S, AIF[:20], aif_time_s=TIMES_S[:20])


@pytest.mark.parametrize(
    ("curves", "words"),
    [
        (np.zeros((4, 59)), "shape"),
        (np.zeros(60), "shape"),
        (np.full((4, 60), 900.0), "signal"),
        (1000 * random_tissues(4).curves, "micromol/L"),
    ],
)
def test_curves_that_cannot_be_meant_are_refused(curves: np.ndarray, words: str) -> None:
    with pytest.raises(InputError, match=words):
        fit(curves, TIMES_S, AIF)


def test_unknown_models_and_delays_are_refused() -> None:
    curves = random_tissues(2).curves
    with pytest.raises(InputError, match="extended_tofts"):
        fit(curves, TIMES_S, AIF, "toft")
    with pytest.raises(InputError, match="search"):
        fit(curves, TIMES_S, AIF, delay="auto")
    with pytest.raises(InputError, match="seconds"):
        fit(curves, TIMES_S, AIF, delay=5000.0)
    with pytest.raises(InputError, match="behind the last frame"):
        fit(curves[:, :20], TIMES_S[:20], AIF[:20], delay=80.0)
    with pytest.raises(InputError, match="one for each of 2"):
        fit(curves, TIMES_S, AIF, voxel_status=np.zeros(3, np.uint8))


def test_a_curve_that_hardly_varies_about_a_large_mean_has_a_true_r2() -> None:
    curve = 1 + 1e-3 * random_tissues(1).curves
    single, double = (fit(curve, TIMES_S, AIF, dtype=dtype) for dtype in ("float32", "float64"))
    assert double.r2[0] < 1
    assert single.r2[0] == pytest.approx(double.r2[0], rel=0.02)
