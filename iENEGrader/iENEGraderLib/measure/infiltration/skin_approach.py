"""A node that comes near the skin: its outline, section by section, and the rays from the surface to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.infiltration.skin_rays import Body, SkinRays
from iENEGraderLib.measure.section_runs import SectionRun, runs_of

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart
    from iENEGraderLib.measure.preferences import Preferences

    Floats = NDArray[np.float64]
    Point = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class SkinApproach:
    """A node and the body that it lies in.

    Attributes
    ----------
    body : the body.
    node : its label.
    between : labels that are no skin; rays through them are left out.
    preferences : thresholds.
    """

    body: Body
    node: LabelPart
    between: list[LabelPart]
    preferences: Preferences

    def value(self, name: str) -> float:
        """Return a threshold of the skin."""
        return self.preferences.value(f"skin.{name}")

    @property
    def geometry(self) -> ImageGeometry:
        """Grid of the image."""
        return self.body.image.geometry

    @property
    def pixel_mm(self) -> float:
        """Mean side of a pixel."""
        return float(self.body.sides_mm.mean())

    @property
    def first(self) -> int:
        """Section in which the node begins."""
        return self.node.start_kji[self.body.axis]

    @cached_property
    def outlines(self) -> list[Floats]:
        """The node's outline in each of its sections, pixels of shape (n, 2) on the grid."""
        corner = np.delete(np.array(self.node.start_kji), self.body.axis)
        masks = np.moveaxis(self.node.mask, self.body.axis, 0)
        return [np.argwhere(m & ~ndimage.binary_erosion(m)) + corner.astype(float) for m in masks]

    @cached_property
    def rays(self) -> list[SkinRays]:
        """Rays from the surface to the outline, in each section; only those that end at the near side of the node."""
        return [self._facing(self.first + n, outline) for n, outline in enumerate(self.outlines)]

    def _facing(self, section: int, outline: Floats) -> SkinRays:
        if not len(outline):
            none = np.empty(0)
            return SkinRays(none, none, none, np.empty((0, 3)))
        reach = self.value("reach_mm") + self.pixel_mm
        rays = self.body.rays_to(section, outline, reach)
        inward = np.insert(outline, self.body.axis, section, axis=1)
        is_near = np.nan_to_num(rays.length_mm, nan=np.inf) <= self.value("reach_mm")
        for n in np.flatnonzero(is_near):
            steps = np.linspace(0.05, 0.95, 20)[:, None]
            path = np.rint(rays.surface_kji[n] + steps * (inward[n] - rays.surface_kji[n])).astype(int)
            own = (path == np.rint(inward[n])).all(axis=1)
            is_near[n] = not any(_holds(label, path[~own]) for label in (self.node, *self.between))
        length = rays.length_mm[is_near] - 0.5 * self.pixel_mm
        return SkinRays(length, rays.fat_mm[is_near], rays.skin_mm[is_near], rays.surface_kji[is_near], rays.hidden)

    @property
    def is_hidden(self) -> bool:
        """Tell whether skin near the node may lie outside the image."""
        return any(rays.hidden for rays in self.rays)

    @cached_property
    def fat_mm(self) -> Floats:
        """Fat stripe of each section: what all but 2 mm of the outline exceeds; infinite without enough outline."""
        width = max(1, round(self.value("least_width_mm") / self.pixel_mm))
        return np.array([np.sort(r.fat_mm)[width - 1] if len(r.fat_mm) >= width else np.inf for r in self.rays])

    @property
    def limit_mm(self) -> float:
        """Fat stripe below which it is lost."""
        return max(self.value("lost_fat_mm"), self.pixel_mm)

    def lost(self, margin_mm: float) -> tuple[SectionRun, ...]:
        """Return runs of sections without fat stripe."""
        step = self.geometry.spacing_kji_mm[self.body.axis]
        return runs_of(self.fat_mm + margin_mm < self.limit_mm, np.full(len(self.fat_mm), step))

    def lost_rays(self, n: int) -> NDArray[np.bool_]:
        """Tell which rays of the n-th section show no fat; where none does for sure, those that may show none."""
        fat_mm = self.rays[n].fat_mm
        lost: NDArray[np.bool_] = fat_mm < self.limit_mm
        return lost if lost.any() else fat_mm < self.limit_mm + 0.5 * self.pixel_mm

    def lost_outline(self, run: SectionRun) -> Floats:
        """Return the points of the outline near the surface where the fat is lost, shape (n, 3)."""
        spacing = np.asarray(self.geometry.spacing_kji_mm)
        found = [np.empty((0, 3))]
        for n in range(run.start, run.stop):
            points = np.insert(self.outlines[n], self.body.axis, self.first + n, axis=1)
            lost = self.rays[n].surface_kji[self.lost_rays(n)]
            if len(lost):
                apart = np.linalg.norm((points[:, None] - lost[None]) * spacing, axis=-1).min(axis=1)
                found.append(points[apart <= self.value("reach_mm")])
        return np.concatenate(found)

    def place(self, run: SectionRun, only_lost: bool) -> Point | None:
        """Return the place on the surface in the middle of a run."""
        rays = self.rays[run.middle]
        lost = self.lost_rays(run.middle)
        is_nearest = np.arange(len(lost)) == np.argmin(rays.length_mm)
        chosen = lost if only_lost and lost.any() else is_nearest
        return self.geometry.place_ras_mm(np.median(rays.surface_kji[chosen], axis=0))


def _holds(label: LabelPart, places: NDArray[np.int_]) -> bool:
    """Tell whether a label holds any of the places, shape (n, 3)."""
    local = places - label.start_kji
    inside = ((local >= 0) & (local < label.mask.shape)).all(axis=1)
    return bool(label.mask[tuple(local[inside].T)].any())
