"""Slices of the study as readers know them: maps over anatomy, with outlines and a colour bar in their unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.drawing.map_colours import LEVELS, PERFUSION_SCALES
from HeadNeckNodesLib.drawing.plot import round_ticks
from HeadNeckNodesLib.html.markup import Markup, joined
from PWIProtocolLib.kinetics import VoxelStatus
from PWIProtocolLib.kinetics.aif_detection import InputKind
from PWIProtocolLib.roi import map_kind

from hnn.perfusion.map_codes import map_code
from hnn.perfusion.quality import MODEL_MAP, POOR_R2, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.drawing.map_colours import ColourScale
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from hnn.perfusion.job import FittedStudy

    Mask = NDArray[np.bool_]

PICTURE_SIDE = 330.0
MARGIN, TITLE, BAR_GAP, BAR_WIDTH, LABELS = 12.0, 30.0, 12.0, 14.0, 52.0
HIGH_QUANTILE, LEAST_SPAN = 0.98, 1e-12
SHOWN_UNITS = {"1": "", "mmol/L": "mM", "mmol/L.s": "mM s", "mL/min/dL": "mL/min/100 mL"}
SYMMETRIC = ("wash_out_per_min", "delay_s")
OUTLINE = "#ffffff"
WITHOUT_VESSELS = (VoxelStatus.FITTED, VoxelStatus.VP_AT_ZERO)


@dataclass(frozen=True, eq=False)
class SlicePlan:
    """A slice of the study, turned so that the patient's left is on the right and posterior or inferior below.

    Attributes
    ----------
    k : its number.
    flips : whether rows and columns are turned.
    spacing_mm : of rows and columns.
    left_letter : where the left border of the picture lies in the patient.
    """

    k: int
    flips: tuple[bool, bool]
    spacing_mm: tuple[float, float]
    left_letter: str

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return this slice of [k, j, i], as it is shown."""
        plane = values[self.k]
        plane = plane[::-1] if self.flips[0] else plane
        return plane[:, ::-1] if self.flips[1] else plane


@dataclass(frozen=True)
class Bar:
    """Colours beside a picture, and the values at their ends."""

    scale: ColourScale
    low: float
    high: float


def planned_slice(geometry: ImageGeometry, weight: NDArray[Any]) -> SlicePlan:
    """Return the slice with most of what shall be seen, such as voxels of the segments; the middle one of equals."""
    weights = weight.reshape(len(weight), -1).sum(axis=1)
    best = np.flatnonzero(weights == weights.max())
    k = int(best[len(best) // 2])
    axes = np.asarray(geometry.direction_lps)
    flips = (_runs_backward(axes[:, 1]), _runs_backward(axes[:, 0]))
    letter = "RAS"[int(np.argmax(np.abs(axes[:, 0])))]
    return SlicePlan(k, flips, (geometry.spacing_mm[1], geometry.spacing_mm[0]), letter)


def _runs_backward(axis: NDArray[np.float64]) -> bool:
    """Tell whether an axis runs to the patient's right, to anterior or upward."""
    main = int(np.argmax(np.abs(axis)))
    forward = axis[main] > 0 if main < 2 else axis[main] < 0
    return not forward


def map_figure(study: FittedStudy, name: str, plan: SlicePlan, outlines: Sequence[Mask]) -> Markup:
    """Return a map over the image of the anatomy, as an SVG figure.

    Voxels that `told` leaves out show the image alone. The colours span the values of tissue: of the outlined voxels,
    or of all that the model explains well without a limit and are not the artery.
    """
    kind, symbol = map_kind(name), map_code(name).symbol
    title = kind.title if symbol.lower() in kind.title.lower() else f"{symbol}: {kind.title}"
    return _values_figure(study, study.named()[name], plan, outlines, (name, title))


def width_figure(study: FittedStudy, name: str, values: NDArray[Any], plan: SlicePlan, masks: Sequence[Mask]) -> Markup:
    """Return the half widths of the intervals of a map as `map_figure` does."""
    return _values_figure(study, values, plan, masks, (name, f"{map_code(name).symbol} ±"))


def labels_figure(
    study: FittedStudy, labels: NDArray[np.uint8], colours: Sequence[str], plan: SlicePlan, masks: Sequence[Mask]
) -> Markup:
    """Return labels of models as `map_figure` does; label n has the n-th colour, as hexadecimal text, from 1."""
    table = np.array([[int(each[start : start + 2], 16) for start in (1, 3, 5)] for each in ("#000000", *colours)])
    plane = plan.of(study.on_grid(np.where(told(study, MODEL_MAP), labels, 0)))
    pixels = np.where((plane > 0)[..., None], table[plane], _grey(study, plan)).astype(np.uint8)
    return _figure(pixels, plan, masks, "Best model", None)


def _values_figure(
    study: FittedStudy, flat: NDArray[Any], plan: SlicePlan, outlines: Sequence[Mask], words: tuple[str, str]
) -> Markup:
    """Return values over the image; the words are the map that has their unit and range, and the title."""
    name, title = words
    values = study.on_grid(np.asarray(flat, float))
    shown = study.on_grid(told(study, name)) & np.isfinite(values)
    low, high = _range(name, values[shown & _tissue(study, outlines)])
    scale = PERFUSION_SCALES[name]
    coloured = 255 * scale.at((plan.of(values) - low) / max(high - low, LEAST_SPAN))
    colours = np.where(plan.of(shown)[..., None], np.rint(coloured), _grey(study, plan))
    unit = SHOWN_UNITS.get(map_kind(name).unit, map_kind(name).unit)
    titled = f"{title} ({unit})" if unit else title
    return _figure(colours.astype(np.uint8), plan, outlines, titled, Bar(scale, low, high))


def anatomy_figure(study: FittedStudy, plan: SlicePlan, outlines: Sequence[Mask], title: str) -> Markup:
    """Return the image at its brightest with outlines, as an SVG figure without colour bar."""
    return _figure(_grey(study, plan, brightest=True), plan, outlines, title, None)


def _tissue(study: FittedStudy, outlines: Sequence[Mask]) -> Mask:
    """Return the voxels whose values the colours shall tell apart; vessels would flatten all else."""
    if outlines:
        return np.logical_or.reduce(outlines)
    fitted = study.on_grid(np.isin(study.kinetic.status, WITHOUT_VESSELS) & (study.kinetic.r2 >= POOR_R2))
    artery = study.arterial.voxels
    found: Mask = fitted if artery is None else fitted & ~artery
    return found


def _range(name: str, values: NDArray[Any]) -> tuple[float, float]:
    """Return ends of the colour bar: from zero where that is the least, to a round number near the 98th percentile."""
    if not values.size:
        return 0.0, 1.0
    top = float(np.quantile(values, HIGH_QUANTILE))
    bottom = float(np.quantile(values, 1 - HIGH_QUANTILE)) if name in SYMMETRIC else min(0.0, top)
    if name == "r2":
        return 0.0, 1.0
    if top <= bottom:
        top = bottom + max(abs(bottom), 1e-3)
    step = 10.0 ** np.floor(np.log10(top - bottom)) / 2
    return float(np.floor(bottom / step) * step), float(np.ceil(top / step - 1e-9) * step)


def _grey(study: FittedStudy, plan: SlicePlan, *, brightest: bool = False) -> NDArray[np.uint8]:
    """Return the image of a slice: the mean before contrast, at its brightest, or after contrast of concentrations.

    Concentrations are zero before contrast.
    """
    frames, is_signal = study.inputs.dynamic.frames, study.inputs.kind is InputKind.SIGNAL
    part = frames[: study.baseline] if is_signal and not brightest else frames[study.baseline :]
    plane = plan.of(part.max(axis=0) if brightest else part.mean(axis=0, dtype=np.float32)).astype(float)
    finite = plane[np.isfinite(plane)]
    low, high = (np.quantile(finite, [0.01, 0.995])) if finite.size else (0.0, 1.0)
    level = np.clip(np.nan_to_num((plane - low) / max(high - low, 1e-9)), 0, 1)
    return np.repeat(np.rint(255 * level)[..., None], 3, axis=2).astype(np.uint8)


def _figure(
    pixels: NDArray[np.uint8],
    plan: SlicePlan,
    outlines: Sequence[Mask],
    title: str,
    bar: Bar | None,
) -> Markup:
    rows, columns = pixels.shape[:2]
    size = np.array([columns * plan.spacing_mm[1], rows * plan.spacing_mm[0]])
    width, height = (PICTURE_SIDE * size / size.max()).tolist()
    where = svg.Rect(MARGIN, TITLE, width, height)
    parts = [svg.text(MARGIN, 20, title, size=13, bold=True), svg.picture(pixels, where, smooth=False)]
    for mask in outlines:
        pieces = _edges(plan.of(mask)) * [width / columns, height / rows] + [where.x, where.y]
        parts.append(svg.path(svg.pieces_path(pieces), OUTLINE, 1.2, on_picture=True))
    letter = plan.left_letter
    parts.append(svg.text(where.x + 4, where.y + height / 2, letter, size=12, colour=OUTLINE, on_picture=True))
    total = where.x + width + MARGIN
    if bar is not None:
        parts.append(_bar(svg.Rect(where.x + width + BAR_GAP, where.y, BAR_WIDTH, height), bar))
        total += BAR_GAP + BAR_WIDTH + LABELS
    return svg.document(max(total, 200.0), TITLE + height + MARGIN, parts, title)


def _bar(where: svg.Rect, bar: Bar) -> Markup:
    table = np.rint(255 * bar.scale.colours[::-1]).astype(np.uint8).reshape(LEVELS, 1, 3)
    parts = [svg.picture(np.ascontiguousarray(table), where)]
    for tick in round_ticks(bar.low, bar.high):
        y = where.y + where.height * (1 - (tick - bar.low) / (bar.high - bar.low))
        right = where.x + where.width
        parts += [svg.line([(right, y), (right + 4, y)], width=1), svg.text(right + 7, y + 4, f"{tick:g}", size=11)]
    return joined(parts)


def _edges(mask: Mask) -> NDArray[np.float64]:
    """Return the borders of a mask between pixels as pieces of line (x, y), shape (n, 2, 2)."""
    padded = np.pad(mask, 1)
    j, i = np.nonzero(padded[:-1, 1:-1] != padded[1:, 1:-1])
    across = np.stack([np.stack([i, j], 1), np.stack([i + 1, j], 1)], axis=1)
    j, i = np.nonzero(padded[1:-1, :-1] != padded[1:-1, 1:])
    down = np.stack([np.stack([i, j], 1), np.stack([i, j + 1], 1)], axis=1)
    return np.concatenate([across, down]).astype(float)
