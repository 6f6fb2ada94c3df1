"""The frames before contrast: found, checked, and missed where a study begins after the bolus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from kinetics_phantoms import arterial_mM, random_tissues
from PWIProtocolLib.kinetics import automatic_baseline, signal_of_concentration, tissue_curves
from PWIProtocolLib.kinetics.concentration import checked_baseline

SEQUENCE = (12.0, 0.004)
TISSUE = {"t1_s": 1.3, "relaxivity_per_mM_s": 4.5}


def signals(curves: np.ndarray, m0: float = 20_000.0) -> np.ndarray:
    return signal_of_concentration(curves, *SEQUENCE, m0=m0, **TISSUE)


@dataclass(frozen=True)
class Neck:
    """A slice of 32 x 32 voxels every 3 s: tissue in blocks, two arteries and air; the bolus arrives at `onset_s`."""

    begins_s: float = 0.0
    onset_s: float = 33.0
    snr: float = 20.0
    drift_per_min: float = 0.0
    vessels: bool = True
    moves_at: int | None = None

    @property
    def signal(self) -> np.ndarray:
        rng, shape = np.random.default_rng(5), (32, 32)
        time_s, fine_s = self.begins_s + np.arange(90) * 3.0, np.arange(0.0, 460.0, 0.5)

        def blocks(low: float, high: float) -> np.ndarray:
            return np.kron(rng.uniform(low, high, (8, 8)), np.ones((4, 4))).ravel()

        curves = tissue_curves(
            "extended_tofts", time_s, arterial_mM(fine_s, self.onset_s), aif_time_s=fine_s,
            ktrans_per_min=blocks(0.03, 0.5), ve=blocks(0.1, 0.7), vp=blocks(0.0, 0.12),
        )  # fmt: skip
        density, artery = blocks(3e4, 8e4), np.zeros(shape, bool)
        density[blocks(0.0, 1.0) < 0.2] = 10.0
        if self.vessels:
            artery[4:7, 8:11] = artery[20:23, 8:11] = True
            curves[artery.ravel()] = 0.58 * np.interp(time_s, fine_s, arterial_mM(fine_s, self.onset_s))
        frames = signals(curves, density[:, None]) * (1 + self.drift_per_min * (time_s - time_s[0]) / 60)
        if self.moves_at is not None:
            moved = np.roll(frames.reshape(*shape, -1), 1, axis=1).reshape(frames.shape)
            frames = np.where(np.arange(90) >= self.moves_at, moved, frames)
        sd = float(np.median(frames[:, 0])) / self.snr
        return np.hypot(frames + rng.normal(0, sd, frames.shape), rng.normal(0, sd, frames.shape))


@pytest.mark.parametrize("noise", [0.0, 40.0])
def test_the_frames_before_contrast_are_found(noise: float) -> None:
    signal = signals(random_tissues(3000).curves)
    signal = signal + np.random.default_rng(0).normal(0, noise or 1e-9, signal.shape)
    assert automatic_baseline(signal) in (5, 6)


def test_a_first_faint_frame_of_the_bolus_is_not_baseline() -> None:
    frames = np.full((100, 20), 600.0)
    frames[:3, 9:] = [700.0, 5800.0, 12000.0, *[5000.0] * 8]
    assert automatic_baseline(frames) == 9


def test_a_series_without_a_rise_has_no_baseline() -> None:
    with pytest.raises(InputError, match="no rise"):
        automatic_baseline(np.random.default_rng(0).normal(500, 3, (1000, 30)))
    with pytest.raises(InputError, match="no rise"):
        automatic_baseline(np.linspace(900, 100, 30)[None] * np.ones((50, 1)))


@pytest.mark.parametrize("vessels", [True, False])
@pytest.mark.parametrize("after_s", [6.0, 12.0, 27.0, 60.0, 100.0])
def test_a_study_that_begins_after_the_bolus_is_refused(after_s: float, vessels: bool) -> None:
    with pytest.raises(InputError, match=r"baseline: (the signal climbs steadily|no rise after the first frames)"):
        automatic_baseline(Neck(begins_s=33.0 + after_s, vessels=vessels).signal)


@pytest.mark.parametrize(
    ("a_neck", "before"),
    [
        (Neck(), 11),
        (Neck(snr=8.0), 11),
        (Neck(drift_per_min=0.01), 11),
        (Neck(drift_per_min=-0.01), 11),
        (Neck(vessels=False, drift_per_min=0.01), 11),
        (Neck(onset_s=93.0, drift_per_min=0.01), 31),
        (Neck(onset_s=93.0, vessels=False, drift_per_min=-0.01), 31),
        (Neck(onset_s=12.0), 4),
        (Neck(moves_at=4), 11),
        (Neck(moves_at=40), 11),
        (Neck(onset_s=93.0, moves_at=12), 31),
    ],
)
def test_noise_drift_and_motion_do_not_hide_the_frames_before_contrast(a_neck: Neck, before: int) -> None:
    assert automatic_baseline(a_neck.signal) == pytest.approx(before, abs=2)


def test_a_given_baseline_that_holds_the_bolus_is_refused_with_the_number_found() -> None:
    signal = Neck().signal
    for frames in (3, 9, 11, 12):
        assert checked_baseline(signal, frames) == frames
    with pytest.raises(
        InputError, match=r"baseline of 30 frames: .* half over by frame 1[345], .* give 1[12] or fewer"
    ):
        checked_baseline(signal, 30)


def test_a_given_baseline_stands_where_the_signal_does_not_tell() -> None:
    assert checked_baseline(Neck(begins_s=90.0).signal, 2) == 2
    assert checked_baseline(np.random.default_rng(0).normal(500, 3, (1000, 30)), 6) == 6
