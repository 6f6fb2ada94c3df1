"""Time the contact of nodes with vessels in a neck CT of full size, beside the simple methods that others use.

Run from the root of the project: ``python Testing/Benchmarks/bench_contact.py``
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "iENEGrader"), str(ROOT / "iENEGrader" / "Testing" / "Python"), str(Path(__file__).parent)]

from contact_comparators import axial_fraction_deg, chord_deg  # noqa: E402
from contact_phantoms import pose, tube_with_cuff  # noqa: E402
from iENEGraderLib.imaging.geometry import ImageGeometry  # noqa: E402
from iENEGraderLib.measure.contact.measuring import all_contacts, contact_angle, contact_with_model  # noqa: E402
from iENEGraderLib.measure.contact.vessel_model import vessel_model  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_phantoms import Labelling

SHAPE_KJI = (200, 512, 512)
SPACING_KJI = (1.0, 0.45, 0.45)
TRUE_DEG, TRUE_LENGTH_MM, RADIUS_MM = 225.0, 30.0, 3.5
REPEATS = 3


def a_neck(label: Labelling) -> tuple[np.ndarray, np.ndarray]:
    """Return vessel and tumour masks of full size: a voxel takes the label of its centre."""
    vessel, tumour = np.zeros((2, *SHAPE_KJI), dtype=bool)
    row, column = (np.arange(n) * s - n * s / 2 for n, s in zip(SHAPE_KJI[1:], SPACING_KJI[1:], strict=True))
    for k in range(SHAPE_KJI[0]):
        height = np.full(SHAPE_KJI[1:], (k - SHAPE_KJI[0] / 2) * SPACING_KJI[0])
        found = label(np.stack([height, *np.meshgrid(row, column, indexing="ij")], axis=-1))
        vessel[k], tumour[k] = found == 1, found == 2
    return vessel, tumour


def best_s(measure: Callable[[], object]) -> tuple[object, float]:
    """Return the result and the best time of some runs."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = measure()
        times.append(time.perf_counter() - start)
    return result, min(times)


def bench_one_pair() -> tuple[np.ndarray, np.ndarray]:
    """Time one node against one vessel of 215 mm, and print it beside the simple methods."""
    at = pose(20, 40)
    vessel, tumour = a_neck(tube_with_cuff(at, RADIUS_MM, ((30.0, TRUE_DEG),), thickness=9.0, length=TRUE_LENGTH_MM))
    k, j, i = SHAPE_KJI
    model = vessel_model(vessel, ImageGeometry((i, j, k), SPACING_KJI[::-1]))
    profile, first = best_s(lambda: contact_angle(vessel, tumour, SPACING_KJI))
    _, again = best_s(lambda: contact_with_model(model, tumour))
    axial, axial_s = best_s(lambda: axial_fraction_deg(vessel, tumour))
    middle = np.array(SHAPE_KJI) * SPACING_KJI / 2
    chord, chord_s = best_s(lambda: chord_deg(vessel, tumour, SPACING_KJI, middle, at))
    print(f"one pair, {i} x {j} x {k} voxels; truth {TRUE_DEG:g} deg over {TRUE_LENGTH_MM:g} mm")
    print("method                                    | deg | >= 180 deg, mm | s")
    for name, took in (("ours, first (all of the vessel is traced)", first), ("ours, vessel traced before", again)):
        print(f"{name:<41} | {profile.max_arc_deg:.0f} | {profile.length_ge_180_mm:g} | {took:.2f}")
    for name, angle, took in (
        ("axial fraction, whole image", axial, axial_s),
        ("chord in the orthogonal plane, true axis", chord, chord_s),
    ):
        print(f"{name:<41} | {angle:.0f} | - | {took:.2f}")
    return vessel, tumour


def bench_all_pairs(vessel: np.ndarray, tumour: np.ndarray) -> None:
    """Time six nodes against six vessels: the same ones, moved."""
    k, j, i = SHAPE_KJI
    vessels = {f"vessel {n}": np.roll(vessel, 14 * n - 40, axis=2) for n in range(6)}
    nodes = {f"node {n}": np.roll(tumour, 14 * n - 40, axis=2) for n in range(6)}
    start = time.perf_counter()
    pairs = all_contacts(nodes, vessels, ImageGeometry((i, j, k), SPACING_KJI[::-1]))
    took = time.perf_counter() - start
    own = [pair.profile.max_arc_deg for pair in pairs if pair.node[-1] == pair.vessel[-1]]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    arcs = f"{min(own):.0f} to {max(own):.0f} deg"
    print(f"{len(pairs)} pairs: {took:.2f} s; pairs that touch {arcs}; peak memory {memory:.1f} GB")


def main() -> None:
    """Print one line per method."""
    vessel, tumour = bench_one_pair()
    bench_all_pairs(vessel, tumour)


if __name__ == "__main__":
    main()
