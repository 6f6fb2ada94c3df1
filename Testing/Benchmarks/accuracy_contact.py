"""Measure the error of vessel contact on phantoms of known truth; write ``Docs/accuracy-contact.md`` and its plots.

Run from the root of the project: ``python Testing/Benchmarks/accuracy_contact.py``
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "iENEGrader"), str(ROOT / "iENEGrader" / "Testing" / "Python"), str(Path(__file__).parent)]

from contact_comparators import axial_fraction_deg, chord_deg  # noqa: E402
from contact_figures import write_figures  # noqa: E402
from contact_phantoms import (  # noqa: E402
    convex_contact_deg,
    curved_tube,
    draw,
    oval_contact_deg,
    oval_vein,
    random_pose,
    tube_beside_ball,
    tube_with_cuff,
)
from iENEGraderLib.measure.contact.measuring import contact_angle  # noqa: E402

SEED = 31_415
CUFFS = 18
FEW = 3
FINE, HALF, COARSE, ONE = (0.3,) * 3, (0.5,) * 3, (0.7,) * 3, (1.0,) * 3
SECTIONS_1, SECTIONS_3 = (1.0, 0.5, 0.5), (3.0, 0.5, 0.5)
ALL_GRIDS = (FINE, HALF, ONE, SECTIONS_1, SECTIONS_3)
WIDE = (52.0, 56.0, 56.0)


@dataclass(frozen=True)
class CuffRow:
    """One row of the first table: the goal is a mean and a greatest absolute error in degrees, None where unset."""

    radius_mm: float
    spacing_kji: tuple[float, ...]
    goal: tuple[float, float] | None


CUFF_ROWS = (
    CuffRow(2.5, FINE, (3.0, 10.0)),
    CuffRow(2.5, HALF, (3.0, 10.0)),
    CuffRow(2.5, ONE, None),
    CuffRow(2.5, SECTIONS_3, None),
    CuffRow(3.5, FINE, (2.5, 6.0)),
    CuffRow(3.5, HALF, (2.5, 6.0)),
    CuffRow(3.5, COARSE, None),
    CuffRow(3.5, ONE, (4.0, 8.0)),
    CuffRow(3.5, SECTIONS_1, None),
    CuffRow(3.5, SECTIONS_3, (6.0, 12.0)),
    CuffRow(6.0, HALF, (3.0, 10.0)),
    CuffRow(6.0, ONE, None),
)


@dataclass(frozen=True)
class Trial:
    """A truth, what was measured, the error that the goal allows (None without goal), and ranges that were stated."""

    phantom: str
    spacing_kji: tuple[float, ...]
    truth: float
    measured: tuple[float, ...]
    goal: float | None
    unit: str = "deg"
    ranges: tuple[tuple[float, float], ...] = ()


def grid_name(spacing: tuple[float, ...]) -> str:
    """Return section thickness by in-plane voxel side."""
    return f"{spacing[0]:g} x {spacing[1]:g}"


@dataclass(frozen=True)
class Cuffs:
    """What was measured on the phantoms of one row, in degrees; one value per phantom that could be measured."""

    row: CuffRow
    truth: np.ndarray
    ours: np.ndarray
    band: np.ndarray
    axial: np.ndarray
    chord: np.ndarray


def measured_cuffs(row: CuffRow, seed: int, count: int = CUFFS) -> Cuffs:
    """Measure random arcs on random oblique vessels."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        truth, tilt = float(rng.uniform(60, 330)), float(rng.uniform(0, 60))
        at = random_pose(tilt, row.spacing_kji, rng)
        label = tube_with_cuff(at, row.radius_mm, ((rng.uniform(0, 360), truth),))
        vessel, tumour = draw(label, row.spacing_kji)
        profile = contact_angle(vessel, tumour, row.spacing_kji)
        if profile.max_arc_deg is None or profile.band_deg is None:
            continue
        middle = at.centre + (np.array(vessel.shape) - 1) / 2 * row.spacing_kji
        axial, chord = axial_fraction_deg(vessel, tumour), chord_deg(vessel, tumour, row.spacing_kji, middle, at)
        found.append((truth, profile.max_arc_deg, profile.band_deg, axial, chord))
    return Cuffs(row, *np.reshape(found, (-1, 5)).T)


def cuff_row(cuffs: Cuffs) -> str:
    """Return a row of the first table."""
    row, errors = cuffs.row, cuffs.ours - cuffs.truth
    start = f"| {row.radius_mm:g} | {grid_name(row.spacing_kji)} |"
    if not len(errors):
        return f"{start} not assessable: too thin for the grid | | | | | | |"
    size = np.abs(errors)
    goal, reached = "-", "-"
    if row.goal:
        goal = f"{row.goal[0]:g} / {row.goal[1]:g}"
        reached = "yes" if size.mean() <= row.goal[0] and size.max() <= row.goal[1] else "**no**"
    return (
        f"{start} {size.mean():.1f} / {size.max():.1f} | {errors.mean():+.1f} | {goal} | {reached} | "
        f"{100 * np.mean(size <= cuffs.band):.0f} % | {_mean_and_worst(cuffs.axial - cuffs.truth)} | "
        f"{_mean_and_worst(cuffs.chord - cuffs.truth)} |"
    )


def _mean_and_worst(errors: np.ndarray) -> str:
    return f"{np.mean(np.abs(errors)):.0f} / {np.max(np.abs(errors)):.0f}"


def trials(rng: np.random.Generator) -> list[Trial]:
    """Return the harder phantoms."""
    found = [oblique_137(grid, rng) for grid in (HALF, ONE, SECTIONS_3)]
    for grid in (HALF, ONE, SECTIONS_1, SECTIONS_3):
        found += lengths(grid, rng)
    for grid in ALL_GRIDS:
        found += [*two_arcs(grid, rng), oval(grid, rng), *curved(grid, rng), *convex(grid, rng)]
    for grid in (FINE, HALF, ONE):
        found += gaps(grid, rng)
    return [*found, *(shaky_outlines(grid, sd, rng) for grid in (HALF, ONE) for sd in (0.25, 0.5))]


def oblique_137(grid: tuple[float, ...], rng: np.random.Generator) -> Trial:
    """Measure 137 degrees on a vessel 35 degrees to the axial plane."""
    measured = []
    for _ in range(2 * FEW):
        label = tube_with_cuff(random_pose(55, grid, rng), 3.5, ((rng.uniform(0, 360), 137.0),))
        measured.append(contact_angle(*draw(label, grid), grid).max_arc_deg)
    goal = 4.0 if grid == HALF else None
    return Trial("137 deg, vessel 35 deg to the axial plane", grid, 137.0, tuple(measured), goal)


def lengths(grid: tuple[float, ...], rng: np.random.Generator) -> list[Trial]:
    """Measure lengths of contact."""
    found = []
    for arc, length in ((230.0, 12.0), (300.0, 12.0), (300.0, 6.0)):
        profiles = []
        for _ in range(FEW):
            at = random_pose(rng.uniform(0, 55), grid, rng)
            label = tube_with_cuff(at, 3.5, ((rng.uniform(0, 360), arc),), length=length)
            profiles.append(contact_angle(*draw(label, grid), grid))
        half = tuple(p.length_ge_180_mm for p in profiles)
        ranges = tuple(p.length_ge_180_range_mm for p in profiles)
        found.append(Trial(f"length >= 180 deg of a cuff of {arc:g} deg", grid, length, half, 1.0, "mm", ranges))
        if arc > 270:
            most = tuple(p.length_ge_270_mm for p in profiles)
            ranges = tuple(p.length_ge_270_range_mm for p in profiles)
            found.append(Trial(f"length >= 270 deg of a cuff of {arc:g} deg", grid, length, most, 1.0, "mm", ranges))
    return found


def two_arcs(grid: tuple[float, ...], rng: np.random.Generator) -> list[Trial]:
    """Measure two separate arcs."""
    arcs = ((10.0, 120.0), (200.0, 80.0))
    profiles = [
        contact_angle(*draw(tube_with_cuff(random_pose(35, grid, rng), 3.5, arcs), grid), grid) for _ in range(FEW)
    ]
    longest = Trial("two arcs, 120 and 80 deg: longest", grid, 120.0, tuple(p.max_arc_deg for p in profiles), None)
    return [longest, Trial("two arcs: sum", grid, 200.0, tuple(p.summed_arc_deg for p in profiles), None)]


def oval(grid: tuple[float, ...], rng: np.random.Generator) -> Trial:
    """Measure a flat vein."""
    truth = oval_contact_deg((7.0, 2.5), 60.0, 0.5)
    measured = [
        contact_angle(*draw(oval_vein(random_pose(35, grid, rng), (7.0, 2.5), 60.0), grid, WIDE), grid).max_arc_deg
        for _ in range(FEW)
    ]
    return Trial("oval vein, 14 x 5 mm", grid, truth, tuple(measured), None)


def curved(grid: tuple[float, ...], rng: np.random.Generator) -> list[Trial]:
    """Measure a bent vessel."""
    profiles = []
    for _ in range(FEW):
        label = curved_tube(random_pose(0, grid, rng), 3.0, 30.0, (rng.uniform(0, 360), 200.0), 15.0)
        profiles.append(contact_angle(*draw(label, grid, WIDE), grid))
    angle = Trial("curved vessel, 30 mm bend", grid, 200.0, tuple(p.max_arc_deg for p in profiles), None)
    measured, ranges = (
        tuple(p.length_ge_180_mm for p in profiles),
        tuple(p.length_ge_180_range_mm for p in profiles),
    )
    return [angle, Trial("curved vessel: length >= 180 deg", grid, 15.0, measured, 1.0, "mm", ranges)]


def convex(grid: tuple[float, ...], rng: np.random.Generator) -> list[Trial]:
    """Measure a round node of 20 mm that touches, or is indented by, the vessel, at three tolerances."""
    found = []
    for distance, name in ((13.5, "just touching"), (12.5, "indented 1 mm"), (11.0, "indented 2.5 mm")):
        label = tube_beside_ball(random_pose(35, grid, rng), 3.5, 10.0, distance)
        profile = contact_angle(*draw(label, grid, WIDE), grid)
        for tolerance, arc in profile.arc_deg_by_tolerance.items():
            truth = convex_contact_deg(3.5, 10.0, distance, tolerance)
            found.append(Trial(f"round node, {name}, tolerance {tolerance:g} mm", grid, truth, (arc,), None))
    return found


def gaps(grid: tuple[float, ...], rng: np.random.Generator) -> list[Trial]:
    """Measure a cuff of 200 degrees behind a layer of fat."""
    found = []
    for tolerance in (0.5, 1.0):
        for beyond in (-0.25, 0.25, 0.75):
            gap = tolerance + beyond
            measured = []
            for _ in range(FEW):
                at = random_pose(35, grid, rng)
                label = tube_with_cuff(at, 3.5, ((rng.uniform(0, 360), 200.0),), gap=gap)
                measured.append(contact_angle(*draw(label, grid), grid, tolerance).max_arc_deg)
            truth = 0.0 if beyond > 0 else 200.0
            name = f"fat of {gap:g} mm in front of 200 deg, tolerance {tolerance:g} mm"
            found.append(Trial(name, grid, truth, tuple(measured), None))
    return found


def shaky_outlines(grid: tuple[float, ...], sd_mm: float, rng: np.random.Generator) -> Trial:
    """Measure 200 degrees where both outlines wander about the truth by a smooth error of that standard deviation."""
    measured = []
    for _ in range(2 * FEW):
        label = tube_with_cuff(random_pose(35, grid, rng), 3.5, ((rng.uniform(0, 360), 200.0),))
        vessel, tumour = (shaken(mask, grid, sd_mm, rng) for mask in draw(label, grid))
        measured.append(contact_angle(vessel, tumour, grid).max_arc_deg)
    return Trial(f"200 deg, outlines off by {sd_mm:g} mm (1 sd)", grid, 200.0, tuple(measured), None)


def shaken(mask: np.ndarray, grid: tuple[float, ...], sd_mm: float, rng: np.random.Generator) -> np.ndarray:
    """Return a mask whose border is moved at random, alike within about 1.5 mm."""
    distance = ndimage.distance_transform_edt(mask, grid) - ndimage.distance_transform_edt(~mask, grid)
    noise = ndimage.gaussian_filter(rng.normal(size=mask.shape), 1.5 / np.array(grid))
    return distance + noise * sd_mm / noise.std() > 0


def trial_row(trial: Trial) -> str:
    """Return a row of the second table."""
    low, high = min(trial.measured), max(trial.measured)
    digits = 0 if trial.unit == "deg" else 1
    measured = f"{low:.{digits}f}" + (f" to {high:.{digits}f}" if high - low > 0.4 * 10**-digits else "")
    worst = max(abs(m - trial.truth) for m in trial.measured)
    reached = "-" if trial.goal is None else ("yes" if worst <= trial.goal else "**no**")
    goal = "-" if trial.goal is None else f"within {trial.goal:g}"
    return (
        f"| {trial.phantom} | {grid_name(trial.spacing_kji)} | {trial.truth:.{digits}f} {trial.unit} | {measured} | "
        f"{worst:.1f} | {goal} | {reached} | {_share_in_range(trial)} |"
    )


def _share_in_range(trial: Trial) -> str:
    """Return the share of phantoms whose truth lies in the stated range."""
    if not trial.ranges:
        return "-"
    return f"{100 * np.mean([low <= trial.truth <= high for low, high in trial.ranges]):.0f} %"


INTRODUCTION = (
    "Vessels and tumours whose contact is known by construction are drawn onto grids without error (a voxel takes the "
    "label that fills most of it), in random directions and places, and measured by "
    "`iENEGraderLib.measure.contact.contact_angle`. Constants were chosen on other phantoms (other random numbers). "
    "Angles are the greatest contiguous arc that holds over 1 mm and two voxels (the median of the stretch about it "
    "that the grid cannot tell apart), in the plane orthogonal to the centreline, which is found from the mask. Grids: "
    "section thickness x voxel side in the section, mm."
)
CUFF_TEXT = (
    f"{CUFFS} cuffs per row, 60 to 330 degrees, on straight vessels 0 to 60 degrees oblique to the section axis. "
    "Errors in degrees, mean absolute / greatest. *Within band*: share of phantoms within the uncertainty that is "
    "stated with each measurement. The last two columns are simple methods written from their descriptions: border "
    "pixels beside tumour in axial sections, and the angle between the farthest contact points (given the true axis, "
    "which no program knows)."
)
LIMITS = (
    "Lengths hold for arcs clear of the threshold: at sections of 3 mm a cuff of 200 degrees has lengths of at least "
    "180 degrees that are too short by up to 4 mm, and the stated range does not always cover that. A layer of fat "
    "within a third of a voxel of the tolerance cannot be decided. A gap between two rims of tumour that is narrower "
    "than about one and a half voxels is closed (30 degrees of a vessel of radius 2.5 mm in voxels of 1 mm); wider "
    "ones get back what blur takes from them. A vessel parallel to the axis of the grid shows every section the same "
    "steps, which no averaging takes away: in voxels of 1 mm single angles may then be off by more than 10 degrees. "
    "Tumour thinner than a voxel and a half is not seen. All but the last rows is the error of the method on perfect "
    "outlines; the last rows show that outlines drawn by hand or by a program bring the larger error. Whether the "
    "wall belongs to the vessel's label moves angles by tens of degrees for a node that just touches, see the three "
    "tolerances. Bodies are computed, not patients. Research and teaching use, not a medical device."
)


def main() -> None:
    """Write the page and its plots, and print the page."""
    cuffs = [measured_cuffs(row, SEED + n) for n, row in enumerate(CUFF_ROWS)]
    plots = write_figures(cuffs, ROOT / "Docs" / "figures")
    page = [
        "# How exact the contact with a vessel is",
        "",
        "Generated by `python Testing/Benchmarks/accuracy_contact.py`; do not edit by hand.",
        "",
        INTRODUCTION,
        "",
        "## Angle",
        "",
        CUFF_TEXT,
        "",
        "| radius, mm | grid | error | bias | goal | reached | within band | axial fraction | chord |",
        "|---|---|---|---|---|---|---|---|---|",
        *(cuff_row(found) for found in cuffs),
        "",
        *(f"![{title}](figures/{name})" for name, title in plots.items()),
        "",
        "## Lengths, separate arcs, other shapes, fat",
        "",
        "| phantom | grid | truth | measured | worst error | goal | reached | within stated range |",
        "|---|---|---|---|---|---|---|---|",
        *(trial_row(trial) for trial in trials(np.random.default_rng(SEED))),
        "",
        "## What this does not tell",
        "",
        LIMITS,
    ]
    print("\n".join(page))
    target = ROOT / "Docs" / "accuracy-contact.md"
    target.write_text("\n".join(page) + "\n", encoding="utf-8")
    print(f"written: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
