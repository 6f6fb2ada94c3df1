"""Signal to concentration: the exact inverse, voxels that have none, and units that cannot be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import strategies as st
from kinetics_phantoms import numbers, osipi_cases, random_tissues
from PWIProtocolLib.kinetics import (
    VoxelStatus,
    concentration_from_signal,
    signal_of_concentration,
)
from PWIProtocolLib.kinetics.checks import checked_blood_t1, checked_t1

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEQUENCE = (12.0, 0.004)
TISSUE = {"t1_s": 1.3, "relaxivity_per_mM_s": 4.5}


def signals(curves: np.ndarray, m0: float = 20_000.0) -> np.ndarray:
    return signal_of_concentration(curves, *SEQUENCE, m0=m0, **TISSUE)


def test_the_signal_of_a_concentration_gives_it_back() -> None:
    curves = random_tissues(200).curves
    found = concentration_from_signal(signals(curves), 5, *SEQUENCE, dtype="float64", **TISSUE)
    assert np.abs(found.mM - curves).max() < 1e-11
    assert (found.status == VoxelStatus.FITTED).all()
    single = concentration_from_signal(signals(curves), 5, *SEQUENCE, **TISSUE)
    assert single.mM.dtype == np.float32
    assert np.abs(single.mM - curves).max() < 5e-5


@given(
    st.floats(0.05, 5),
    st.floats(3, 40),
    st.floats(0.002, 0.02),
    st.floats(2, 10),
    st.floats(-0.05, 8),
    st.floats(0.7, 1.2),
)
def test_any_sequence_and_tissue_can_be_inverted(
    t1_s: float, angle: float, tr_s: float, relaxivity: float, peak: float, b1: float
) -> None:
    curve = np.array([[0.0, 0.0, peak, peak / 2]])
    signal = signal_of_concentration(curve, b1 * angle, tr_s, t1_s=t1_s, relaxivity_per_mM_s=relaxivity, m0=50.0)
    found = concentration_from_signal(
        signal, 2, angle, tr_s, t1_s=t1_s, relaxivity_per_mM_s=relaxivity, b1=np.array([b1]), dtype="float64"
    )
    assert found.mM == pytest.approx(curve, rel=1e-6, abs=1e-7)


def test_each_voxel_may_have_its_own_t1() -> None:
    curves, t1 = random_tissues(50).curves, np.linspace(0.5, 2, 50)
    signal = signal_of_concentration(curves, *SEQUENCE, t1_s=t1[:, None], relaxivity_per_mM_s=4.5, m0=300.0)
    found = concentration_from_signal(signal, 5, *SEQUENCE, t1_s=t1, relaxivity_per_mM_s=4.5, dtype="float64")
    assert np.abs(found.mM - curves).max() < 1e-11


def test_images_stored_frame_by_frame_as_integers_need_no_copy_by_the_caller() -> None:
    whole = np.rint(signals(random_tissues(20_000).curves)).astype(np.int16)
    frames_first = np.ascontiguousarray(whole.T)
    one = concentration_from_signal(frames_first.T, 5, *SEQUENCE, threads=1, **TISSUE)
    two = concentration_from_signal(whole, 5, *SEQUENCE, threads=2, **TISSUE)
    assert np.array_equal(one.mM, two.mM)


def test_the_first_frames_can_be_left_out_of_the_baseline() -> None:
    signal = signals(random_tissues(1).curves)
    signal[0, 0] *= 2
    found = concentration_from_signal(signal, (1, 5), *SEQUENCE, dtype="float64", **TISSUE)
    assert found.mM[0, 1:] == pytest.approx(random_tissues(1).curves[0, 1:], abs=1e-11)


def test_voxels_without_a_concentration_get_a_status_and_no_number() -> None:
    signal = np.tile(signals(random_tissues(1).curves), (6, 1))
    signal[0, 9], signal[1, 8], signal[2, :5] = np.nan, 1e6, 0
    signal[3] = 0
    t1 = np.array([1.3, 1.3, 1.3, 1.3, np.nan, 1.3])
    found = concentration_from_signal(signal, 5, *SEQUENCE, t1_s=t1, relaxivity_per_mM_s=4.5)
    expected = [
        VoxelStatus.NOT_FINITE,
        VoxelStatus.SATURATED,
        VoxelStatus.ZERO_BASELINE,
        VoxelStatus.ZERO_BASELINE,
        VoxelStatus.NO_T1,
        VoxelStatus.FITTED,
    ]
    assert list(found.status) == expected
    assert np.isnan(found.mM).all(axis=1).tolist() == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"repetition_time_s": 4.0}, "milliseconds"),
        ({"t1_s": 1300.0}, "milliseconds"),
        ({"t1_s": 0.0013}, "T1 is 0.0013 s, expected 0.02 to 20 s: .* seconds that were read as milliseconds"),
        ({"t1_s": np.nan}, "no voxel"),
        ({"t1_s": np.ones(3)}, "one value for each"),
        ({"flip_angle_deg": 0.2}, "radians"),
        ({"relaxivity_per_mM_s": 4500.0}, "relaxivity"),
        ({"baseline": 60}, "not all"),
        ({"baseline": 0}, "at least one"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(change: dict[str, object], words: str) -> None:
    usual = {"baseline": 5, "flip_angle_deg": 12.0, "repetition_time_s": 0.004, **TISSUE}
    with pytest.raises(InputError, match=words):
        concentration_from_signal(signals(random_tissues(2).curves), **{**usual, **change})


def test_a_map_in_seconds_read_as_milliseconds_is_refused_by_its_median() -> None:
    t1_s = np.random.default_rng(0).uniform(0.6, 2.0, 100)
    with pytest.raises(InputError, match=r"median T1 is 0\.001\d+ s, expected 0\.02"):
        checked_t1(t1_s / 1000)
    t1_s[:40] = 0.001
    assert checked_t1(t1_s) is t1_s
    # Three voxels at the lower end of a fit are no unit.
    assert checked_t1(np.full(3, 0.01)).size == 3
    assert checked_t1(np.full(100, 0.02, np.float32)).size == 100


@pytest.mark.parametrize(
    ("t1_s", "words"),
    [(0.00165, "T1 of blood is 0.00165 s, expected 0.5"), (1650.0, "milliseconds"), (0.0, "expected seconds")],
)
def test_blood_without_a_t1_of_blood_is_refused(t1_s: float, words: str) -> None:
    assert checked_blood_t1(1.65) == 1.65
    with pytest.raises(InputError, match=words):
        checked_blood_t1(t1_s)


@pytest.mark.shared_data
def test_osipi_cases_are_reproduced(shared_data: Callable[[str], Path]) -> None:
    cases = osipi_cases(shared_data("osipi") / "SI2Conc_rows_1_2.csv")
    assert len(cases) == 2
    for case in cases:
        # The reference leaves the first frame out of its baseline.
        found = concentration_from_signal(
            numbers(case["s"])[None],
            (1, int(case["numbaselinepts"])),
            float(case["FA"]),
            float(case["TR"]),
            t1_s=float(case["T1base"]),
            relaxivity_per_mM_s=float(case["r1"]),
            dtype="float64",
        )
        assert found.mM[0] == pytest.approx(numbers(case["conc"]), abs=1e-9)
