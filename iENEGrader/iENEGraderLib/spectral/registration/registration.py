"""Bringing the scan before contrast agent onto the one after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK
from scipy import ndimage

from iENEGraderLib.spectral.registration.bending import bent
from iENEGraderLib.spectral.registration.edges import find_edges
from iENEGraderLib.spectral.registration.quality import (
    SEARCH_MM,
    WHOLE_OVERLAP,
    Motion,
    RegistrationQuality,
    displacements_mm,
    found_share,
    matches_after,
    mismatch_mm,
    plausible_shift,
    require_good,
    smallest_volume_ratio,
)
from iENEGraderLib.spectral.registration.rigid import rigid_registration
from iENEGraderLib.spectral.registration.scan import require_comparable, shares_frame, unstated_facts
from iENEGraderLib.spectral.registration.volumes import (
    body_mask,
    covered_part,
    resampled,
    values_of,
    volume_of,
    work_volume,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.spectral.registration.edges import Edges, Matches
    from iENEGraderLib.spectral.registration.scan import Scan

    Mask = NDArray[np.bool_]
    Progress = Callable[[float, str], None]

CLEAR_GAIN = 0.9
"""Ours: a movement is believed when the mismatch at edges that it did not use falls below this share."""
LEAST_MOVED_MM = 1.0
"""Ours: a larger displacement is never taken for none."""
LEAST_VOLUME_RATIO = 0.5
"""Ours: tissue is not pressed to less than half of its volume between two scans."""
RIM_VOXELS = 2
RESAMPLING_VOXELS = 0.15
"""Ours: what resampling does to sharp edges looks like a shift of about this."""
AIR_HU = -1000.0


@dataclass(frozen=True, eq=False)
class Registration:
    """Two scans brought together.

    Attributes
    ----------
    before, after : as given.
    transform : from points of the later scan (LPS mm) to points of the earlier one.
    moved : the earlier scan on the grid of the later one; where it does not reach, the values of the later one.
    covered : where the earlier scan reaches, mask [k, j, i].
    plausible_shift_mm : by how much they may still differ in place, from edges nearby, [k, j, i].
    quality : how well they match.
    warnings : sentences for the user.
    """

    before: Scan
    after: Scan
    transform: SimpleITK.Transform
    moved: Image
    covered: Mask
    plausible_shift_mm: NDArray[np.float32]
    quality: RegistrationQuality
    warnings: tuple[str, ...] = ()

    def summary(self) -> str:
        """One line for people: what moved, and what is left."""
        return self.quality.summary()


def register_before_to_after(
    before: Scan, after: Scan, *, motion: Motion = Motion.DEFORMABLE, progress: Progress | None = None
) -> Registration:
    """Bring the scan before contrast agent onto the grid of the one after it.

    First rigidly by mutual information, which contrast agent does not mislead; then, unless only rigid motion is
    wanted, by a smooth deformation that brings edges together. Either is kept only when edges that it did not use
    match better than before. The same scans always give the same result.

    Parameters
    ----------
    before, after : CT in HU of one energy and kernel, before and after contrast agent.
    motion : the most that is looked for; ``NONE`` only checks whether the scans match as they are.
    progress : told the share that is done, 0 to 1, and what is being done; what it raises ends the registration and
        comes out of it.

    Raises
    ------
    InputError
        when the scans cannot be subtracted (energy, kernel, one acquisition), do not overlap, hold no body, or do not
        match after the registration, with the numbers.
    """
    say = progress or _silent
    say(0.0, "checking the scans")
    require_comparable(before, after)
    pair = _Pair.of(before, after)
    transform, kind = _transform(pair, motion, say)
    say(0.85, "measuring what is left")
    covered = covered_part(before.image, pair.fixed, transform)
    held = _within(pair.held, covered)
    found = matches_after(pair.fixed, pair.moving, transform, held)
    quality = _quality(pair, transform, kind, covered, found)
    require_good(quality, max(after.image.geometry.spacing_mm))
    say(0.9, "resampling")
    moved, reached = _moved(before, after, transform, kind)
    shift = plausible_shift(held, found, pair.fixed, after.image.geometry)
    if moved is not before.image:
        shift = np.hypot(shift, RESAMPLING_VOXELS * np.float32(np.mean(after.image.geometry.spacing_mm)))
    say(1.0, "registered")
    warnings = (*unstated_facts(before, after), *_warnings(quality, pair.has_one_frame))
    return Registration(before, after, transform, moved, reached, shift, quality, warnings)


@dataclass(frozen=True, eq=False)
class _Pair:
    """Both scans at working resolution, the body, and edges to fit to and to check with."""

    moving: SimpleITK.Image
    fixed: SimpleITK.Image
    body: Mask
    moving_body: Mask
    fitted: Edges
    held: Edges
    has_one_frame: bool
    may_compare_places: bool

    @classmethod
    def of(cls, before: Scan, after: Scan) -> _Pair:
        """Prepare two scans."""
        moving, fixed = work_volume(volume_of(before.image)), work_volume(volume_of(after.image))
        body = body_mask(fixed, after.source)
        edges = find_edges(fixed, ndimage.binary_dilation(body, iterations=RIM_VOXELS))
        frames = before.frame_of_reference, after.frame_of_reference
        return cls(
            moving,
            fixed,
            body,
            body_mask(moving, before.source),
            edges.part(slice(0, None, 2)),
            edges.part(slice(1, None, 2)),
            shares_frame(before, after),
            None in frames or frames[0] == frames[1],
        )


def _silent(_share: float, _words: str) -> None:
    """Tell nobody."""


def _transform(pair: _Pair, motion: Motion, say: Progress) -> tuple[SimpleITK.Transform, Motion]:
    """Return the simplest transform that matches the scans."""
    identity = SimpleITK.Transform(3, SimpleITK.sitkIdentity)
    if motion is Motion.NONE:
        return identity, Motion.NONE
    say(0.05, "rigid registration")
    rigid = rigid_registration(
        pair.moving,
        pair.fixed,
        pair.body,
        None if pair.may_compare_places else pair.moving_body,
        lambda share: say(0.05 + 0.3 * share, "rigid registration"),
    )
    found: SimpleITK.Transform = rigid
    kind = Motion.RIGID
    if motion is Motion.DEFORMABLE:
        deformed = bent(
            pair.fixed,
            pair.moving,
            rigid,
            pair.fitted,
            lambda share: say(0.35 + 0.5 * share, "deformable registration"),
        )
        if _is_better(pair, deformed, rigid):
            found, kind = deformed, Motion.DEFORMABLE
    most = displacements_mm(found, pair.fixed, pair.body).max()
    if most < LEAST_MOVED_MM and not _is_better(pair, found, identity):
        return identity, Motion.NONE
    return found, kind


def _is_better(pair: _Pair, transform: SimpleITK.Transform, simpler: SimpleITK.Transform) -> bool:
    """Tell whether a transform clearly improves on a simpler one without crushing tissue."""
    errors = [_typical_mm(matches_after(pair.fixed, pair.moving, each, pair.held)) for each in (transform, simpler)]
    if not errors[0] < CLEAR_GAIN * errors[1]:
        return False
    return smallest_volume_ratio(transform, pair.fixed, pair.body) >= LEAST_VOLUME_RATIO


def _within(edges: Edges, covered: Mask) -> Edges:
    """Return the edges that lie well within the part that both scans cover."""
    inner = ndimage.binary_erosion(covered, iterations=int(np.ceil(SEARCH_MM)), border_value=1)
    return edges.part(inner[tuple(np.rint(edges.kji).astype(int).T)])


def _typical_mm(found: Matches) -> float:
    """Return the root mean square displacement of all edges; those of bone and air that were lost count as far."""
    away = np.where(found.is_hard & ~found.is_found, SEARCH_MM, found.shift_mm)
    return float(np.sqrt(np.nanmean(away**2))) if np.isfinite(away).any() else float("inf")


def _quality(
    pair: _Pair, transform: SimpleITK.Transform, kind: Motion, covered: Mask, found: Matches
) -> RegistrationQuality:
    identity = SimpleITK.Transform(3, SimpleITK.sitkIdentity)
    away = displacements_mm(transform, pair.fixed, pair.body)
    return RegistrationQuality(
        motion=kind,
        overlap=float(covered[pair.body].mean()),
        found_share=found_share(found),
        mismatch_mm=mismatch_mm(found),
        mismatch_before_mm=mismatch_mm(matches_after(pair.fixed, pair.moving, identity, pair.held)),
        mean_displacement_mm=float(away.mean()),
        most_displacement_mm=float(away.max()),
        rotation_deg=_rotation_deg(transform),
    )


def _rotation_deg(transform: SimpleITK.Transform) -> float:
    """Return the angle by which the rigid part turns."""
    rigid = transform.GetNthTransform(0) if isinstance(transform, SimpleITK.CompositeTransform) else transform
    if not isinstance(rigid, SimpleITK.Euler3DTransform):
        return 0.0
    trace = float(np.trace(np.reshape(rigid.GetMatrix(), (3, 3))))
    return float(np.degrees(np.arccos(np.clip((trace - 1) / 2, -1, 1))))


def _moved(before: Scan, after: Scan, transform: SimpleITK.Transform, kind: Motion) -> tuple[Image, Mask]:
    """Return the earlier scan on the grid of the later one, and where it reaches."""
    grid = after.image.geometry
    if kind is Motion.NONE and before.image.geometry.matches(grid):
        return before.image, np.ones(grid.array_shape, dtype=bool)
    fixed = volume_of(after.image)
    reached = covered_part(before.image, fixed, transform)
    values = values_of(resampled(volume_of(before.image), fixed, transform, AIR_HU, smooth=True))
    voxels = np.where(reached, np.maximum(values, min(AIR_HU, float(before.image.voxels.min()))), after.image.voxels)
    return replace(before.image, voxels=voxels.astype(np.float32), geometry=grid), reached


def _warnings(quality: RegistrationQuality, has_one_frame: bool) -> list[str]:
    found = []
    if quality.overlap < WHOLE_OVERLAP:
        found.append(
            f"{100 * (1 - quality.overlap):.0f} % of the body lies outside the scan before contrast agent: nothing is "
            "known there, and the map shows 0"
        )
    if has_one_frame and not quality.found_motion:
        found.append("no motion was found between the scans, which share their frame of reference")
    if quality.motion is Motion.DEFORMABLE:
        found.append(
            f"the neck was deformed by up to {quality.most_displacement_mm:.1f} mm to match: compare both scans where "
            "it matters"
        )
    return found
