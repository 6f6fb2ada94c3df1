"""Plots for the page on the contact with a vessel: errors by voxel size, and measured by true angle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.drawing.plot import Axis, Mark, Series, line_plot

if TYPE_CHECKING:
    from pathlib import Path

    from accuracy_contact import Cuffs

RADIUS_MM = 3.5
SIZE = (640.0, 380.0)


def write_figures(cuffs: list[Cuffs], folder: Path) -> dict[str, str]:
    """Write the plots; return their titles by file name."""
    of_radius = [found for found in cuffs if found.row.radius_mm == RADIUS_MM]
    plots = {
        "contact-error.svg": (error_by_voxel, f"Error of the angle by voxel size, vessel of radius {RADIUS_MM:g} mm"),
        "contact-measured.svg": (measured_by_truth, f"Measured by true angle, vessel of radius {RADIUS_MM:g} mm"),
    }
    folder.mkdir(exist_ok=True)
    for name, (draw, title) in plots.items():
        (folder / name).write_text(draw(of_radius, title) + "\n", encoding="utf-8")
    return {name: title for name, (_, title) in plots.items()}


def error_by_voxel(cuffs: list[Cuffs], title: str) -> str:
    """Plot mean absolute errors on cubic voxels, ours beside the simple methods, and our greatest."""
    cubic = sorted((c for c in cuffs if len(set(c.row.spacing_kji)) == 1), key=lambda c: c.row.spacing_kji[0])
    sides = [c.row.spacing_kji[0] for c in cubic]

    def series(name: str, attribute: str, colour: str) -> Series:
        errors = [np.abs(getattr(c, attribute) - c.truth).mean() for c in cubic]
        return Series(sides, errors, name, colour)

    worst = [np.abs(c.ours - c.truth).max() for c in cubic]
    shown = [
        series("chord", "chord", svg.PURPLE),
        series("axial fraction", "axial", svg.ORANGE),
        series("ours, mean", "ours", svg.BLUE),
        Series(sides, worst, "ours, greatest", svg.GREEN, Mark.DASHED),
    ]
    x = Axis("voxel side, mm", 0.25, 1.05, tuple(sides), tuple(f"{side:g}" for side in sides))
    return str(line_plot(shown, x, Axis("absolute error, degrees", 0.0), title, size=SIZE))


def measured_by_truth(cuffs: list[Cuffs], title: str) -> str:
    """Plot what was measured on grids of several kinds, and the simple method on the finest of them."""
    by_grid = {c.row.spacing_kji: c for c in cuffs}
    half, one, thick = (by_grid[grid] for grid in ((0.5,) * 3, (1.0,) * 3, (3.0, 0.5, 0.5)))
    shown = [
        Series([60, 330], [60, 330], "", svg.GREY),
        Series(half.truth, half.axial, "axial fraction, 0.5 mm", svg.GREY, Mark.POINTS),
        Series(thick.truth, thick.ours, "ours, 3 x 0.5 mm", svg.ORANGE, Mark.POINTS),
        Series(one.truth, one.ours, "1 mm", svg.PURPLE, Mark.POINTS),
        Series(half.truth, half.ours, "0.5 mm", svg.BLUE, Mark.POINTS),
    ]
    ticks = (90.0, 180.0, 270.0, 360.0)
    axes = [Axis(f"{what} angle, degrees", 50.0, 370.0, ticks) for what in ("true", "measured")]
    return str(line_plot(shown, *axes, title, size=SIZE))
