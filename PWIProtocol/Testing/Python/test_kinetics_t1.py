"""T1 from flip angles: exact, on measured cases, and with a status where there is no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from kinetics_phantoms import numbers, osipi_cases
from PWIProtocolLib.kinetics import VoxelStatus, spoiled_signal, t1_from_flip_angles
from scipy.optimize import least_squares

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANGLES = np.array([2.0, 5.0, 10.0, 15.0, 25.0])
TR_S = 0.005


def signals(t1_s: np.ndarray, m0: float = 1000.0) -> np.ndarray:
    """The steady state by repeating excitation and recovery until nothing changes."""
    found = np.empty((len(t1_s), len(ANGLES)))
    for column, angle in enumerate(np.deg2rad(ANGLES)):
        along = np.full(len(t1_s), m0)
        for _ in range(60_000):
            along = m0 + (along * np.cos(angle) - m0) * np.exp(-TR_S / t1_s)
        found[:, column] = along * np.sin(angle)
    return found


def test_the_signal_is_the_steady_state_of_repeated_pulses() -> None:
    t1 = np.array([0.02, 0.3, 1.3, 4.0])
    assert spoiled_signal(t1[:, None], ANGLES, TR_S, 1000.0) == pytest.approx(signals(t1), rel=1e-8)


@pytest.mark.parametrize("method", ["nonlinear", "linear"])
def test_without_noise_t1_is_exact_over_the_whole_range(method: str) -> None:
    t1 = np.geomspace(0.021, 7.9, 500)
    found = t1_from_flip_angles(spoiled_signal(t1[:, None], ANGLES, TR_S, 800.0), ANGLES, TR_S, method=method)
    assert found.t1_s == pytest.approx(t1, rel=1e-4)
    assert found.m0 == pytest.approx(np.full(500, 800.0), rel=1e-4)
    assert (found.status == VoxelStatus.FITTED).all()
    assert found.residual.max() < 0.01


def test_with_noise_it_is_the_tight_least_squares_answer_and_not_the_line() -> None:
    rng = np.random.default_rng(1)
    t1 = rng.uniform(0.3, 3, 25)
    signal = spoiled_signal(t1[:, None], ANGLES, TR_S, 1000.0)
    signal = signal + rng.standard_normal(signal.shape) * signal.max(axis=1, keepdims=True) / 50
    found = t1_from_flip_angles(signal, ANGLES, TR_S, dtype="float64")
    linear = t1_from_flip_angles(signal, ANGLES, TR_S, method="linear", dtype="float64")
    for n, row in enumerate(signal):
        tight = least_squares(
            lambda x, row=row: x[1] * spoiled_signal(x[0], ANGLES, TR_S) - row,
            (1.0, 1000.0),
            x_scale=(1, 1000),
            xtol=1e-14,
            ftol=1e-14,
            gtol=1e-14,
        )
        assert found.t1_s[n] == pytest.approx(tight.x[0], rel=1e-5)
        assert found.residual[n] == pytest.approx(np.sqrt(2 * tight.cost / 5), rel=1e-5)
    assert np.abs(linear.t1_s / found.t1_s - 1).max() > 0.01


def test_a_wrong_flip_angle_is_mended_by_b1() -> None:
    t1, b1 = np.array([0.4, 1.0, 1.9]), np.array([0.8, 1.0, 1.15])
    signal = spoiled_signal(t1[:, None], b1[:, None] * ANGLES, TR_S, 500.0)
    assert t1_from_flip_angles(signal, ANGLES, TR_S, b1).t1_s == pytest.approx(t1, rel=1e-5)
    assert t1_from_flip_angles(signal, ANGLES, TR_S, b1, "linear").t1_s == pytest.approx(t1, rel=1e-4)
    assert np.abs(t1_from_flip_angles(signal, ANGLES, TR_S).t1_s / t1 - 1)[0] > 0.2


def test_voxels_without_an_answer_get_a_status_and_no_number() -> None:
    signal = np.tile(spoiled_signal(1.0, ANGLES, TR_S, 1000.0), (6, 1))
    signal[0, 2], signal[1], signal[2], signal[3, 1] = np.nan, 0, 7, -5
    signal[4] = 1000 * np.sin(np.deg2rad(ANGLES))
    found = t1_from_flip_angles(signal, ANGLES, TR_S)
    assert list(found.status) == [
        VoxelStatus.NOT_FINITE,
        VoxelStatus.ZERO_BASELINE,
        VoxelStatus.CONSTANT,
        VoxelStatus.NEGATIVE,
        VoxelStatus.T1_AT_LIMIT,
        VoxelStatus.FITTED,
    ]
    assert np.isnan(found.t1_s).tolist() == [True] * 4 + [False] * 2
    too_steep = signal[4:5] * (1 + np.deg2rad(ANGLES))
    assert t1_from_flip_angles(too_steep, ANGLES, TR_S, method="linear").status[0] == VoxelStatus.NO_T1


def test_threads_and_neighbours_change_nothing() -> None:
    rng = np.random.default_rng(0)
    signal = spoiled_signal(rng.uniform(0.2, 3, (20_000, 1)), ANGLES, TR_S, 900.0) + rng.normal(0, 2, (20_000, 5))
    one, three = (t1_from_flip_angles(signal, ANGLES, TR_S, threads=n) for n in (1, 3))
    assert np.array_equal(one.t1_s, three.t1_s, equal_nan=True)
    alone = t1_from_flip_angles(signal[123:124], ANGLES, TR_S)
    assert alone.t1_s[0] == one.t1_s[123]


@pytest.mark.parametrize(
    ("angles", "tr", "b1", "words"),
    [
        (ANGLES, 5.0, None, "milliseconds"),
        (ANGLES, 5e-6, None, "seconds"),
        (np.deg2rad(ANGLES), TR_S, None, "radians"),
        (ANGLES[:3], TR_S, None, "column per flip angle"),
        (np.full(5, 10.0), TR_S, None, "different"),
        (ANGLES - 2, TR_S, None, "between 0 and 120"),
        (ANGLES, TR_S, np.full(2, 98.0), "percent"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(angles: np.ndarray, tr: float, b1: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        t1_from_flip_angles(np.ones((2, 5)), angles, tr, b1)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(InputError, match="linear"):
        t1_from_flip_angles(np.ones((2, 5)), ANGLES, TR_S, method="novifast")


@pytest.mark.shared_data
def test_osipi_brain_cases_are_within_their_tolerance(shared_data: Callable[[str], Path]) -> None:
    cases = osipi_cases(shared_data("osipi") / "t1_brain_data.csv")
    assert len(cases) == 76
    for case in cases:
        signal, tr = numbers(case["s"])[None], float(case["TR"].split()[0])
        found = t1_from_flip_angles(signal, numbers(case["FA"]), tr)
        assert 1 / found.t1_s[0] == pytest.approx(float(case["R1"]), rel=1e-3)
