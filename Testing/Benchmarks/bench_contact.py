"""Time the contact of nodes with vessels in a neck CT of full size, beside the simple methods that others use.

Run from the root of the project: ``python Testing/Benchmarks/bench_contact.py``
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "iENEGrader"), str(ROOT / "iENEGrader" / "Testing" / "Python"), str(Path(__file__).parent)]

from contact_comparators import axial_fraction_deg, chord_deg  # noqa: E402
from contact_phantoms import pose, tube_with_cuff  # noqa: E402
from HeadNeckNodesLib.imaging.geometry import ImageGeometry  # noqa: E402
from iENEGraderLib.measure.contact import (  # noqa: E402
    all_contacts,
    arc_in_section,
    contact_angle,
    contact_with_model,
    section_of_branch,
    section_through,
    vessel_model,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_phantoms import Labelling, Pose
    from iENEGraderLib.measure.contact import VesselModel

SHAPE_KJI = (200, 512, 512)
SPACING_KJI = (1.0, 0.45, 0.45)
TRUE_DEG, TRUE_LENGTH_MM, RADIUS_MM = 225.0, 30.0, 3.5
REPEATS = 3
LIVE_GOAL_S, PAIRS_GOAL_S, MEMORY_GOAL_GB = 0.016, 6.0, 1.5


def a_neck(label: Labelling) -> tuple[np.ndarray, np.ndarray]:
    """Return vessel and tumour masks of full size: a voxel takes the label of its centre."""
    vessel, tumour = np.zeros((2, *SHAPE_KJI), dtype=bool)
    row, column = (np.arange(n) * s - n * s / 2 for n, s in zip(SHAPE_KJI[1:], SPACING_KJI[1:], strict=True))
    for k in range(SHAPE_KJI[0]):
        height = np.full(SHAPE_KJI[1:], (k - SHAPE_KJI[0] / 2) * SPACING_KJI[0])
        found = label(np.stack([height, *np.meshgrid(row, column, indexing="ij")], axis=-1))
        vessel[k], tumour[k] = found == 1, found == 2
    return vessel, tumour


@dataclass(frozen=True)
class Timed:
    """The best of some runs: what a clock on the wall shows, and what the processors worked (all threads)."""

    result: Any
    wall_s: float
    work_s: float

    def __str__(self) -> str:
        """Both times."""
        return f"{self.wall_s:5.2f} | {self.work_s:5.2f}"


def timed(measure: Callable[[], object]) -> Timed:
    """Return the result and the best times of some runs; on a machine that is busy with more the two differ."""
    wall, work = [], []
    for _ in range(REPEATS):
        starts = time.perf_counter(), time.process_time()
        result = measure()
        wall.append(time.perf_counter() - starts[0])
        work.append(time.process_time() - starts[1])
    return Timed(result, min(wall), min(work))


def bench_one_pair(vessel: np.ndarray, tumour: np.ndarray, at: Pose) -> Timed:
    """Time one node against one vessel of 215 mm beside the simple methods; return the axial fraction."""
    k, j, i = SHAPE_KJI
    model = vessel_model(vessel, ImageGeometry((i, j, k), SPACING_KJI[::-1]))
    middle = np.array(SHAPE_KJI) * SPACING_KJI / 2
    first = timed(lambda: contact_angle(vessel, tumour, SPACING_KJI))
    again = timed(lambda: contact_with_model(model, tumour))
    axial = timed(lambda: axial_fraction_deg(vessel, tumour))
    chord = timed(lambda: chord_deg(vessel, tumour, SPACING_KJI, middle, at))
    angle, length = first.result.max_arc_deg, first.result.length_ge_180_mm
    print(f"one pair, {i} x {j} x {k} voxels; truth {TRUE_DEG:g} deg over {TRUE_LENGTH_MM:g} mm, ours {length:g} mm")
    print("method                                    | deg | error | wall, s | work, s | work by axial fraction")
    for name, found, took in (
        ("ours, first (all of the vessel is traced)", angle, first),
        ("ours, vessel traced before", angle, again),
        ("axial fraction, whole image", axial.result, axial),
        ("chord in the orthogonal plane, true axis", chord.result, chord),
    ):
        error = abs(found - TRUE_DEG)
        print(f"{name:<41} | {found:3.0f} | {error:5.1f} |   {took} | {took.work_s / axial.work_s:.2f}")
    bench_live(model, tumour, axial)
    return axial


def bench_live(model: VesselModel, tumour: np.ndarray, axial: Timed) -> None:
    """Time what follows a reader's hand: a tumour redrawn in one section, and a plane placed by hand."""
    sections = contact_with_model(model, tumour).sections
    best = int(np.nanargmax(sections.longest_arc_deg))
    section = section_of_branch(model, sections.along_mm[best])
    place, ahead = model.geometry.ras_from_kji(sections.centre_kji[[best, best + 1]])
    redrawn = timed(lambda: arc_in_section(section, tumour))
    moved = timed(lambda: arc_in_section(section_through(model, place, ahead - place), tumour))
    print(f"while dragging, goal <= {LIVE_GOAL_S * 1000:g} ms   | deg | wall, ms | work, ms | work by axial fraction")
    for name, took in (("tumour changed", redrawn), ("plane moved by hand", moved)):
        times = f"{took.wall_s * 1000:8.1f} | {took.work_s * 1000:8.1f}"
        print(f"{name:<32} | {took.result.longest_arc_deg:3.0f} | {times} | {took.work_s / axial.work_s:.3f}")


def bench_all_pairs(vessel: np.ndarray, tumour: np.ndarray, axial: Timed) -> None:
    """Time six nodes against six vessels: the same ones, moved."""
    k, j, i = SHAPE_KJI
    vessels = {f"vessel {n}": np.roll(vessel, 14 * n - 40, axis=2) for n in range(6)}
    nodes = {f"node {n}": np.roll(tumour, 14 * n - 40, axis=2) for n in range(6)}
    pairs = timed(lambda: all_contacts(nodes, vessels, ImageGeometry((i, j, k), SPACING_KJI[::-1])))
    own = [pair.profile.max_arc_deg for pair in pairs.result if pair.node[-1] == pair.vessel[-1]]
    memory, count = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, len(pairs.result)
    print(f"{count} pairs, goal <= {PAIRS_GOAL_S:g} s: {pairs.wall_s:.2f} s wall, {pairs.work_s:.2f} s work")
    print(f"pairs that touch: {min(own):.0f} to {max(own):.0f} deg")
    print(f"work by axial fractions of as many pairs: {pairs.work_s / axial.work_s / count:.2f}")
    print(f"peak memory {memory:.1f} GB, goal <= {MEMORY_GOAL_GB:g}; of this masks {14 * vessel.nbytes / 2**30:.1f} GB")


def main() -> None:
    """Print one line per method."""
    at = pose(20, 40)
    vessel, tumour = a_neck(tube_with_cuff(at, RADIUS_MM, ((30.0, TRUE_DEG),), thickness=9.0, length=TRUE_LENGTH_MM))
    axial = bench_one_pair(vessel, tumour, at)
    bench_all_pairs(vessel, tumour, axial)


if __name__ == "__main__":
    main()
