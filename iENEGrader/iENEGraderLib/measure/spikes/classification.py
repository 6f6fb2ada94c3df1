"""What a projection looks like: the rules, in the order in which they are asked, each with its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.spikes.candidate import SpikeCandidate, SpikeKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.preferences import Preferences
    from iENEGraderLib.measure.spikes.isotropic import TissueGrid
    from iENEGraderLib.measure.spikes.projections import Projection
    from iENEGraderLib.measure.spikes.tip_tracing import Trace
    from iENEGraderLib.measure.tissue import TissueScale

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

TIP_SHELL_MM = (1.0, 2.0)
"""Ours: where fat is looked for round a tip."""
BRIGHT_SDS = 3.0
"""Ours: a spike so many sd of noise brighter than the node is more likely a vessel."""
LEAST_SEEN_RATIO = 0.7
"""Ours: height over width at the base before tracing, which follows slopes of broad bulges too far."""
WIDE_MM = 1.4
LEAST_WIDE_RATIO = 1.3
"""Ours: what is wider than that half-way is seen whole, and must be higher than wide there by that ratio."""
COARSE_MM = 0.75
"""Ours: with two voxel sides above this, tips were up to 3 mm off in phantoms."""
SURFACE_ERROR_VOXELS = 0.7
"""Ours: how well the surface of the core is known, in voxels."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A projection, how it was traced, and what lies round its tip."""

    projection: Projection
    trace: Trace
    base_width_mm: float
    uncertainty_mm: float
    fat_at_tip: float


def measured(grid: TissueGrid, body: Mask, projection: Projection, trace: Trace) -> Measured:
    """Add what the classes ask for."""
    uncertainty = 2 * float(np.hypot(trace.uncertainty_mm, SURFACE_ERROR_VOXELS * 0.5 * grid.voxel_mm))
    width = max(projection.foot_width_mm, grid.voxel_mm)
    fat = _fat_round(grid, body, trace.axis.at(trace.tip_mm, grid.voxel_mm))
    return Measured(projection, trace, width, uncertainty, fat)


def _fat_round(grid: TissueGrid, body: Mask, tip: Floats) -> float:
    """Return the share of fat in a shell round a tip, without the soft tissue of the node itself."""
    reach = int(np.ceil(TIP_SHELL_MM[1] / grid.voxel_mm))
    middle = np.rint(tip).astype(int)
    low = np.maximum(middle - reach, 0)
    high = np.minimum(middle + reach + 1, grid.node.shape)
    if (low >= high).any():
        return 0.0
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    places = np.stack(np.meshgrid(*[np.arange(a, b) for a, b in zip(low, high, strict=True)], indexing="ij"), -1)
    distance = np.linalg.norm(places - tip, axis=-1) * grid.voxel_mm
    shell = (distance >= TIP_SHELL_MM[0]) & (distance <= TIP_SHELL_MM[1]) & ~body[box]
    if not shell.any():
        return 0.0
    return float(grid.fat[box][shell].mean())


def candidate(grid: TissueGrid, scale: TissueScale, found: Measured, preferences: Preferences) -> SpikeCandidate:
    """Return a projection with its class."""
    trace = found.trace
    is_coarse = float(np.median(grid.spacing_mm)) > COARSE_MM
    kind, reason = _kind(found, preferences, is_coarse)
    mean = scale.fat + trace.mean_share * scale.contrast
    enhancement = mean - scale.soft
    if kind in (SpikeKind.SPIKE, SpikeKind.STRAND, SpikeKind.UNCERTAIN) and _is_bright(enhancement, scale):
        kind = SpikeKind.VESSEL_LIKE
        reason += f"; {enhancement:.0f} brighter than the node, as a vessel would be"
    return SpikeCandidate(
        kind,
        grid.ras_mm(trace.axis.at(trace.base_mm, grid.voxel_mm)),
        grid.ras_mm(trace.axis.at(trace.tip_mm, grid.voxel_mm)),
        trace.length_mm,
        found.uncertainty_mm,
        found.base_width_mm,
        trace.half_width_mm,
        mean,
        enhancement,
        reason,
    )


def _is_bright(enhancement: float, scale: TissueScale) -> bool:
    """Tell whether something is clearly brighter than the node; a map on which fat is brighter cannot tell."""
    return scale.contrast > 0 and enhancement > BRIGHT_SDS * scale.noise


def _kind(found: Measured, preferences: Preferences, is_coarse: bool) -> tuple[SpikeKind, str]:
    """Ask the rules one after another."""
    length, plus_minus, width = found.trace.length_mm, found.uncertainty_mm, found.base_width_mm
    least = preferences.value("spikes.least_length_mm")
    fat = found.fat_at_tip
    touches = found.projection.touches_excluded
    size = f"{length:.1f} mm long, {width:.1f} mm wide at its base"
    rules = (
        (_is_broad(found, preferences.value("spikes.least_length_to_width")), SpikeKind.BULGE, f"broad: {size}"),
        (length + plus_minus < least, SpikeKind.SHORT, f"short: {size}"),
        (
            touches and found.projection.label_share > 0.5,
            SpikeKind.BULGE,
            f"part of the node's label against another structure: {size}",
        ),
        (touches, SpikeKind.STRAND, f"reaches another structure: {size}"),
        (found.projection.leaves_reach, SpikeKind.STRAND, f"goes on to where the search ends: followed over {size}"),
        (
            length - plus_minus < least,
            SpikeKind.UNCERTAIN,
            f"{size}; the length is known to {plus_minus:.1f} mm only",
        ),
        (
            fat < preferences.value("spikes.fat_round_tip_share"),
            SpikeKind.UNCERTAIN,
            f"{size}; only {100 * fat:.0f} % fat round its tip",
        ),
        (is_coarse, SpikeKind.UNCERTAIN, f"{size}; voxels of this size misplace spikes"),
    )
    return next(((kind, why) for applies, kind, why in rules if applies), (SpikeKind.SPIKE, f"ends in fat: {size}"))


def _is_broad(found: Measured, least_ratio: float) -> bool:
    """Tell whether a projection is too wide for its length, as seen, as traced, or half-way."""
    length, seen = found.trace.length_mm, float(found.projection.height_mm.max())
    is_wide = found.trace.half_width_mm > WIDE_MM and not found.projection.leaves_reach
    return bool(
        (is_wide and seen < LEAST_WIDE_RATIO * found.projection.half_width_mm)
        or seen < LEAST_SEEN_RATIO * found.base_width_mm
        or length < least_ratio * found.base_width_mm
        or length < 2 * least_ratio * found.trace.half_width_mm
    )
