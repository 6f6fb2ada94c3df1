"""Growth of a node into a structure: a part of its label, at the node, that looks unlike the remote part of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage
from scipy.spatial import KDTree

from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.infiltration.surroundings import (
    NEIGHBOURS,
    distance_from,
    rim_mm,
    rims_from,
    visible_depth_mm,
)
from iENEGraderLib.measure.robust import robust_sd
from iENEGraderLib.measure.section_runs import NO_RUN, SectionRun, longest_run
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import Vector
    from numpy.typing import NDArray

    from iENEGraderLib.measure.infiltration.surroundings import Surroundings
    from iENEGraderLib.measure.preferences import Preferences

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

SMOOTHING_MM = 0.75
"""Ours: blur against noise before values are compared; only voxels of the structure are mixed."""
NOISE_SDS = 3.0
"""Ours: standard deviations of the smoothed remote part that an excess must reach."""
CLEAR_SHARE = 0.5
"""Ours: the blurred border of a part begins where its difference falls below this share of the greatest."""
SHELL_MM = 4.0
"""Ours: depth of the node's outer part, which tells what growth would look like; the core may be necrotic."""
RIM_STEPS = 30
"""Ours: steps from a voxel to the node, over at most the remote distance."""
LEAST_REFERENCE_MM3 = 100.0
"""Ours: a remote part smaller than this gives no reliable typical value."""
FACING_RIMS = 3.0
"""Ours: some of the structure must be seen within so many widths of the rim, or it is too thin to judge."""
LEAST_TISSUE_HU = 0.0
"""Ours: parts of a gland below this are fat lobules, not tumour."""


class StructureKind(StrEnum):
    """What is compared; it decides which way infiltration differs."""

    MUSCLE = "muscle"
    """Enhances less than a node: only brighter parts count."""
    GLAND = "gland"
    """Enhances by itself: infiltration can be brighter or darker."""


LEAST_EXCESS = {Unit.HU: "infiltration.excess_hu", Unit.IODINE: "infiltration.iodine_excess_mg_ml"}
"""Names of the preferences."""


@dataclass(frozen=True)
class DirectGrowth:
    """What the values inside the label say.

    Attributes
    ----------
    evidence_class, reason : of direct infiltration.
    run : contiguous sections of the part.
    depth_mm : how far it reaches into the structure from the node.
    volume_mm3 : its volume, with the blurred rim between it and the node.
    excess : median within its blurred border minus the reference; negative when it is darker.
    reference, threshold : median of the remote part, and what an excess had to reach.
    place_ras_mm : its middle.
    """

    evidence_class: EvidenceClass
    reason: str
    run: SectionRun
    depth_mm: float = 0.0
    volume_mm3: float = 0.0
    excess: float | None = None
    reference: float | None = None
    threshold: float | None = None
    place_ras_mm: Vector | None = None


@dataclass(frozen=True, eq=False)
class _Seen:
    """Values, where the structure is seen free of blur, values smoothed there, and what they are compared with."""

    values: NDArray[Any]
    inner: Mask
    smooth: Floats
    reference: float
    threshold: float
    unit: Unit


def direct_growth(
    around: Surroundings, values: NDArray[Any], unit: Unit, kind: StructureKind, preferences: Preferences
) -> DirectGrowth:
    """Look for a part of the structure, at the node, that differs from the remote part.

    Parameters
    ----------
    around : labels, with enough of the structure beyond the remote distance.
    values : image [k, j, i] on the box of the labels; voxels that are not finite are left out.
    unit : of the values.
    """
    inner = _inner(around, values, unit, kind)
    remote = inner & (around.node_distance_mm > preferences.value("infiltration.remote_mm"))
    problem = _problem(around, inner, remote)
    if problem:
        return DirectGrowth(EvidenceClass.NOT_ASSESSABLE, problem, NO_RUN)
    smooth = _smoothed(values, inner, around.spacing_mm)
    threshold = max(preferences.value(LEAST_EXCESS[unit]), NOISE_SDS * robust_sd(smooth[remote]))
    seen = _Seen(values, inner, smooth, float(np.median(values[remote])), threshold, unit)
    signs = (1, -1) if kind is StructureKind.GLAND else (1,)
    parts = [_largest_part(around, seen, sign, preferences) for sign in signs]
    part, run = max(parts, key=lambda each: (each[1].sections, np.count_nonzero(each[0])))
    found = _described(around, seen, part, run, preferences)
    blind = _blindness(around, seen, kind, preferences.value("infiltration.least_length_mm"))
    if blind and found.evidence_class is EvidenceClass.NOT_MET:
        return replace(found, evidence_class=EvidenceClass.NOT_ASSESSABLE, reason=blind)
    return found


def _inner(around: Surroundings, values: NDArray[Any], unit: Unit, kind: StructureKind) -> Mask:
    """Return the structure beyond the rims that it shares with the node and with anything else.

    Fat that thick sections mix into a muscle only hides growth; in a gland it would pass for a darker part, and so
    would the borders of lobules.
    """
    spacing = around.spacing_mm
    outside = ~(around.structure | around.node)
    if kind is StructureKind.MUSCLE:
        free = distance_from(outside, spacing) > rim_mm(spacing)
    else:
        if unit is Unit.HU:
            outside |= around.structure & (ndimage.gaussian_filter(values, SMOOTHING_MM / spacing) < LEAST_TISSUE_HU)
        free = rims_from(outside, spacing) > 1
    inner: Mask = around.structure & (around.rims > 1) & free & np.isfinite(values)
    return inner


def _problem(around: Surroundings, inner: Mask, remote: Mask) -> str:
    """Say why the values cannot be compared; empty when they can."""
    if np.count_nonzero(remote) * around.geometry.voxel_volume_mm3 < LEAST_REFERENCE_MM3:
        return "no part of the structure is remote enough from the node to serve as its reference"
    if not (inner & (around.rims <= FACING_RIMS)).any():
        return "the structure facing the node is thinner than what this image blurs"
    return ""


def _blindness(around: Surroundings, seen: _Seen, kind: StructureKind, least_length_mm: float) -> str:
    """Say why growth could be there and not show; empty when it would show."""
    depth_mm = distance_from(~around.node, around.spacing_mm)
    shell = around.node & (depth_mm > rim_mm(around.spacing_mm)) & (depth_mm <= SHELL_MM)
    node_value = float(np.nanmedian(seen.values[shell if shell.any() else around.node]))
    contrast = node_value - seen.reference
    if (abs(contrast) if kind is StructureKind.GLAND else contrast) <= seen.threshold:
        return (
            f"the node ({node_value:.3g} {seen.unit.shown}) does not stand out from the structure "
            f"({seen.reference:.3g} {seen.unit.shown}): growth would not show"
        )
    thick = int(np.argmax(around.spacing_mm))
    if around.spacing_mm[thick] > least_length_mm and _mostly_faces(around, thick):
        return (
            f"the node meets the structure across sections {around.spacing_mm[thick]:g} mm apart: growth of "
            f"{least_length_mm:g} mm would not show"
        )
    return ""


def _mostly_faces(around: Surroundings, axis: int) -> bool:
    """Tell whether node and structure meet mostly across one array axis; a voxel may lie between them."""
    areas_mm2 = []
    for n in range(3):
        node, structure = np.moveaxis(around.node, n, 0), np.moveaxis(around.structure, n, 0)
        faces = np.count_nonzero(node[2:] & structure[:-2]) + np.count_nonzero(node[:-2] & structure[2:])
        areas_mm2.append(faces * float(np.prod(np.delete(around.spacing_mm, n))))
    return bool(areas_mm2[axis] > 0.5 * sum(areas_mm2))


def _smoothed(values: NDArray[Any], where: Mask, spacing_mm: Floats) -> Floats:
    """Return values averaged over their neighbours of the mask alone, so that nothing bleeds in from outside."""
    sigma = SMOOTHING_MM / spacing_mm
    known = np.where(where, values, 0.0).astype(np.float32)
    share = ndimage.gaussian_filter(where.astype(np.float32), sigma, truncate=3.0)
    total = ndimage.gaussian_filter(known, sigma, truncate=3.0)
    smooth: Floats = np.where(where, total / np.maximum(share, 1e-3), 0.0)
    return smooth


def _largest_part(around: Surroundings, seen: _Seen, sign: int, preferences: Preferences) -> tuple[Mask, SectionRun]:
    """Return the connected part at the node that differs in one direction and holds for most sections."""
    differs = seen.inner & (sign * (seen.smooth - seen.reference) > seen.threshold)
    differs &= around.node_distance_mm <= preferences.value("infiltration.remote_mm")
    labels, _ = ndimage.label(differs, NEIGHBOURS)
    at_node = ndimage.binary_dilation(around.rims <= 1, NEIGHBOURS)
    best = np.zeros_like(differs), NO_RUN
    least_area = preferences.value("infiltration.least_area_mm2")
    for number in np.unique(labels[at_node & differs]):
        part = _with_rim(around, labels == number)
        run = longest_run(part, around.spacing_mm, around.section_axis, least_area)
        if (run.sections, np.count_nonzero(part)) > (best[1].sections, np.count_nonzero(best[0])):
            best = part, run
    return best


def _with_rim(around: Surroundings, part: Mask) -> Mask:
    """Return a part with what lies between it and the node: the rim, where values prove nothing by themselves."""
    spacing = around.spacing_mm
    places = np.argwhere(part)
    surface = np.argwhere(around.node & (ndimage.minimum_filter(around.node, 3) == 0))
    _, nearest = KDTree(surface * spacing).query(places * spacing)
    whole = part.copy()
    for share in np.linspace(0.0, 1.0, RIM_STEPS, endpoint=False):
        k, j, i = np.rint(places + share * (surface[nearest] - places)).astype(np.intp).T
        whole[k, j, i] |= around.structure[k, j, i] & (around.rims[k, j, i] <= 1) & (around.rims[k, j, i] > 0)
    return whole


def _described(
    around: Surroundings, seen: _Seen, part: Mask, run: SectionRun, preferences: Preferences
) -> DirectGrowth:
    least_mm = preferences.value("infiltration.least_length_mm")
    evidence_class = run.class_for(least_mm)
    if not run.sections:
        reason = (
            f"no part at the node lies {seen.threshold:.3g} {seen.unit.shown} off the remote part of the structure; "
            f"growth of less than {visible_depth_mm(around.spacing_mm):.1f} mm would not show"
        )
        return DirectGrowth(evidence_class, reason, run, reference=seen.reference, threshold=seen.threshold)
    difference = np.where(part & seen.inner, np.abs(seen.smooth - seen.reference), 0.0)
    clear = difference >= CLEAR_SHARE * np.percentile(difference[difference > 0], 95)
    excess = float(np.median(seen.values[clear])) - seen.reference
    if excess < 0 and seen.unit is Unit.IODINE and evidence_class is EvidenceClass.MET:
        evidence_class = EvidenceClass.INDETERMINATE
    way = "above" if excess > 0 else "below"
    reason = (
        f"a part at the node lies {abs(excess):.3g} {seen.unit.shown} {way} the remote part of the structure, "
        f"over {run.sections} contiguous section{'s' * (run.sections > 1)} ({run.length_mm:.1f} mm)"
    )
    return DirectGrowth(
        evidence_class,
        reason,
        run,
        depth_mm=float(around.node_distance_mm[clear].max()),
        volume_mm3=float(np.count_nonzero(part)) * around.geometry.voxel_volume_mm3,
        excess=excess,
        reference=seen.reference,
        threshold=seen.threshold,
        place_ras_mm=around.middle_ras_mm(part),
    )
