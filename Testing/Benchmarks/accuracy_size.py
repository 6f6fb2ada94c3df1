"""Measure the error of node sizes on bodies of known size and write ``Docs/accuracy-size.md``.

Run from the root of the project: ``python Testing/Benchmarks/accuracy_size.py``
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "iENEGrader"))

from HeadNeckNodesLib.imaging.geometry import ImageGeometry  # noqa: E402
from iENEGraderLib.measure.size.node_size import node_size  # noqa: E402

SPACINGS_KJI = ((0.5, 0.5, 0.5), (1, 1, 1), (1, 0.5, 0.5), (2, 0.5, 0.5), (3, 0.5, 0.5), (5, 0.7, 0.7))
FINE = SPACINGS_KJI[0]
SHAPES = ("ellipsoid", "box-like", "lobulated")
LENGTHS_MM = (8.0, 30.0)
BODIES = 30
SEED = 22


@dataclass(frozen=True, eq=False)
class Body:
    """A star-shaped body about the origin: half axes, roundness and lobes; its greatest dimension is found densely."""

    half_axes_mm: np.ndarray
    power: float
    lobes: np.ndarray

    def radius(self, direction: np.ndarray) -> np.ndarray:
        """Return the distance from the centre to the surface along unit vectors of shape (..., 3)."""
        smooth = (np.abs(direction / self.half_axes_mm) ** self.power).sum(-1) ** (-1 / self.power)
        waves = np.sin(direction @ self.lobes.T + 1.0).sum(-1) if len(self.lobes) else 0.0
        return smooth * (1.0 + 0.08 * waves)

    def greatest_dimension_mm(self) -> float:
        """Return the greatest dimension, from 4000 points of the surface compared with each other."""
        n = np.arange(4000) + 0.5
        polar, azimuth = np.arccos(1 - n / 2000), np.pi * (1 + 5**0.5) * n
        unit = np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)], 1)
        points = unit * self.radius(unit)[:, None]
        far = points[np.linalg.norm(points, axis=1) > 0.8 * np.linalg.norm(points, axis=1).max()]
        return float(np.sqrt(max(((far - p) ** 2).sum(1).max() for p in far)))

    def volume_mm3(self) -> float:
        """Return the volume, as the mean over 20000 directions of the cone below each piece of the surface."""
        n = np.arange(20000) + 0.5
        polar, azimuth = np.arccos(1 - n / 10000), np.pi * (1 + 5**0.5) * n
        unit = np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)], 1)
        return float(4 / 3 * np.pi * np.mean(self.radius(unit) ** 3))


NODE_LIKE = Body(np.array([12.0, 8.0, 6.0]), 2.0, np.empty((0, 3)))


def random_body(shape: str, length_mm: float, rng: np.random.Generator) -> Body:
    """Return a body of that greatest dimension."""
    half = np.array([1.0, rng.uniform(0.5, 1.0), rng.uniform(0.4, 1.0)])
    lobes = rng.normal(size=(3, 3)) * 4.0 if shape == "lobulated" else np.empty((0, 3))
    power = 4.0 if shape == "box-like" else 2.0
    scale = length_mm / Body(half, power, lobes).greatest_dimension_mm()
    return Body(half * scale, power, lobes)


def voxels_of(body: Body, spacing_kji: tuple[float, ...], rng: np.random.Generator) -> np.ndarray:
    """Return the mask of a body in random orientation and place: voxels whose centre is inside."""
    spacing = np.array(spacing_kji, dtype=float)
    shape = np.ceil(2.5 * body.half_axes_mm.max() / spacing).astype(int) + 4
    shift = rng.uniform(-0.5, 0.5, 3)
    axes = [(np.arange(n) - n / 2 + o) * s for n, o, s in zip(shape, shift, spacing, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), -1) @ Rotation.random(random_state=rng).as_matrix()
    distance = np.linalg.norm(points, axis=-1)
    return distance <= body.radius(points / np.maximum(distance, 1e-9)[..., None])


def errors_of(shape: str, spacing_kji: tuple[float, ...], count: int, seed: int) -> np.ndarray:
    """Return errors and stated uncertainty in mm and errors of volume in %, of random bodies, shape (count, 3)."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        length = float(rng.uniform(*LENGTHS_MM))
        rows.append(errors(random_body(shape, length, rng), length, spacing_kji, rng))
    return np.array(rows)


def errors(
    body: Body, length_mm: float, spacing_kji: tuple[float, ...], rng: np.random.Generator
) -> tuple[float, float, float]:
    """Measure one body; return the error and the stated uncertainty in mm, and the error of the volume in %."""
    mask = voxels_of(body, spacing_kji, rng)
    k, j, i = mask.shape
    size = node_size(mask, ImageGeometry((i, j, k), (spacing_kji[2], spacing_kji[1], spacing_kji[0])))
    volume = 100 * (size.volume_mm3 / body.volume_mm3() - 1)
    return size.greatest_dimension_mm - length_mm, size.uncertainty_mm, volume


def table(count: int = BODIES, seed: int = SEED) -> list[str]:
    """Return the rows of the table, as Markdown."""
    lines = [
        "| voxel (section x in-plane), mm | body | bias | 95 % within | worst | stated | held by | volume, 95 % |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for spacing in SPACINGS_KJI:
        for shape in SHAPES:
            lengths, stated, volumes = errors_of(shape, spacing, count, seed).T
            size = np.abs(lengths)
            lines.append(
                f"| {spacing[0]:g} x {spacing[1]:g} | {shape} | {lengths.mean():+.2f} | "
                f"{np.quantile(size, 0.95):.2f} | {size.max():.2f} | {np.median(stated):.2f} | "
                f"{100 * np.mean(size <= stated):.0f} % | {np.quantile(np.abs(volumes), 0.95):.1f} % |"
            )
    return lines


def goals(count: int = BODIES, seed: int = SEED) -> list[str]:
    """Return what is aimed at on voxels of 0.5 mm, with what was measured."""
    rng = np.random.default_rng(seed)
    same = np.array([errors(NODE_LIKE, 24.0, FINE, rng) for _ in range(count)])
    mixed = np.concatenate([errors_of(shape, FINE, count, seed) for shape in SHAPES])
    lines = ["| goal at 0.5 mm | bodies | mean | 95 % within | worst | all within? |", "|---|---|---|---|---|---|"]
    for name, bodies in (("ellipsoid 24 x 16 x 12 mm", same), (f"the {len(mixed)} bodies of the table", mixed)):
        for goal, limit, unit, column in (
            ("greatest dimension within 0.1 mm", 0.1, " mm", 0),
            ("volume within 0.5 %", 0.5, " %", 2),
        ):
            size = np.abs(bodies[:, column])
            within = 100 * np.mean(size <= limit)
            answer = "yes" if within == 100 else f"no, {within:.0f} % of them"
            lines.append(
                f"| {goal} | {name} | {size.mean():.2f}{unit} | {np.quantile(size, 0.95):.2f}{unit} | "
                f"{size.max():.2f}{unit} | {answer} |"
            )
    return lines


def main() -> None:
    """Write the page."""
    page = [
        "# How exact the size of a node is",
        "",
        "Generated by `python Testing/Benchmarks/accuracy_size.py`; do not edit by hand.",
        "",
        (
            f"Greatest dimension of {BODIES} bodies per row, {LENGTHS_MM[0]:g} to {LENGTHS_MM[1]:g} mm long, in "
            "random orientation and place, drawn without error (a voxel belongs to the body when its centre is "
            "inside). Errors in mm against the known size. *Stated*: the uncertainty given with each measurement, its "
            "median. *Held by*: share of bodies whose error stayed within it. *Volume*: error in percent of the true "
            "volume."
        ),
        "",
        *table(),
        "",
        "## Goals",
        "",
        *goals(),
        "",
        (
            "The ends of the greatest dimension are fitted to the surface round them where sections are at most twice "
            "as thick as the voxels are wide. What remains at 0.5 mm comes from pointed ends: a tip as narrow as two "
            "voxels is drawn by chance. The volume is that of the voxels; for nodes below 10 mm, whose surface is "
            "large for their volume, half a percent is less than a few voxels."
        ),
        "",
        (
            "What this does not tell: how well a reader or a program outlines a node. That error is usually larger, "
            "and adds to these. Bodies are computed, not patients. Research and teaching use, not a medical device."
        ),
    ]
    target = ROOT / "Docs" / "accuracy-size.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(page) + "\n", encoding="utf-8")
    print(f"written: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
