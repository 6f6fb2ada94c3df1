"""A dynamic study of a neck with two carotids, two jugular veins, a node and muscle, whose curves are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from PWIProtocolLib.kinetics.aif_population import population_aif

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPE = (10, 40, 48)
SPACING_MM = (2.0, 2.0, 3.0)
ONSET_S = 30.0
BLOOD_PER_PLASMA = 0.58
CAROTIDS = (16, 14), (16, 33)
JUGULARS = (17, 9), (17, 38)
NODE = 26, 20
VEIN_DELAY_S = 8.0


@dataclass(frozen=True)
class NeckStudy:
    """Frames [t, k, j, i] with the masks of what is in them."""

    frames: NDArray[np.float32]
    time_s: NDArray[np.float64]
    geometry: ImageGeometry
    carotids: NDArray[np.bool_]
    jugulars: NDArray[np.bool_]
    node: NDArray[np.bool_]
    blood_mM: NDArray[np.float64]


def cylinder(centre: tuple[int, int], radius: float) -> NDArray[np.bool_]:
    """Upright cylinder through all slices."""
    j, i = np.indices(SHAPE[1:])
    disc = (j - centre[0]) ** 2 + (i - centre[1]) ** 2 <= radius**2
    return np.broadcast_to(disc, SHAPE).copy()


def blood_curve(time_s: NDArray[np.float64], delay_s: float) -> NDArray[np.float64]:
    """Parker's curve in blood."""
    return BLOOD_PER_PLASMA * population_aif("parker", time_s, 1.0 - BLOOD_PER_PLASMA, delay_s)


def dispersed(time_s: NDArray[np.float64], delay_s: float, spread_s: float) -> NDArray[np.float64]:
    """Blood curve after an exponential spread of transit times."""
    fine = np.arange(0.0, time_s[-1] + 0.1, 0.1)
    kernel = np.exp(-fine / spread_s)
    spread = np.convolve(blood_curve(fine, delay_s), kernel / kernel.sum())[: fine.size]
    return np.interp(time_s, fine, spread)


def a_neck_concentration(noise_mM: float = 0.1, interval_s: float = 5.0, seed: int = 0) -> NeckStudy:
    """Blood and tissue concentration in mM."""
    time = np.arange(0.0, 300.0, interval_s)
    carotids = cylinder(CAROTIDS[0], 1.6) | cylinder(CAROTIDS[1], 1.6)
    jugulars = (cylinder(JUGULARS[0], 2.5) | cylinder(JUGULARS[1], 2.5)) & ~carotids
    node = cylinder(NODE, 5.0)
    frames = np.random.default_rng(seed).normal(0.0, noise_mM, (time.size, *SHAPE)).astype(np.float32)
    blood = blood_curve(time, ONSET_S)
    fine = np.arange(0.0, 300.0, 0.5)
    uptake = 0.25 / 60 * 0.5 * np.convolve(blood_curve(fine, ONSET_S) / BLOOD_PER_PLASMA, np.exp(-0.6 / 60 * fine))
    tissue = np.interp(time, fine, uptake[: fine.size])
    frames[:, carotids] += blood[:, None]
    frames[:, jugulars] += dispersed(time, ONSET_S + VEIN_DELAY_S, 6.0)[:, None]
    frames[:, node] += tissue[:, None]
    geometry = ImageGeometry(SHAPE[::-1], SPACING_MM)
    return NeckStudy(frames, time, geometry, carotids, jugulars, node, blood)


def a_neck_signal(inflow: float = 1.0, noise: float = 4.0) -> NeckStudy:
    """Signal of a spoiled gradient echo (TR 4 ms, 12 degrees); `inflow` multiplies that of blood before contrast."""
    study = a_neck_concentration(noise_mM=0.0)
    t1_s = np.full(SHAPE, 1.0)
    t1_s[study.carotids | study.jugulars] = 1.7
    rate = 1.0 / t1_s + 4.5 * study.frames
    decay = np.exp(-0.004 * rate)
    signal = 10000.0 * np.sin(np.deg2rad(12)) * (1 - decay) / (1 - np.cos(np.deg2rad(12)) * decay)
    before = study.time_s <= ONSET_S
    signal[np.ix_(before, *(np.arange(n) for n in SHAPE))] *= np.where(study.carotids, inflow, 1.0)
    signal += np.random.default_rng(1).normal(0.0, noise, signal.shape)
    return NeckStudy(
        signal.astype(np.float32),
        study.time_s,
        study.geometry,
        study.carotids,
        study.jugulars,
        study.node,
        study.blood_mM,
    )
