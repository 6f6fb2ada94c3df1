"""A small neck for the spectral tests: discs of known tissue and iodine, seen at any energy, with known noise."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import HeaderFacts, Image
from iENEGraderLib.spectral import Basis, Material, Response, iodine_hu_per_mg_ml, tissue_hu

SIDE_MM = 1.0
SECTIONS = 3
PIXELS = 160


@dataclass(frozen=True)
class Disc:
    """A round region in every section: shares of tissues that fill it, and iodine in mg/mL."""

    name: str
    centre_ji_mm: tuple[float, float]
    radius_mm: float
    tissues: dict[Material, float]
    iodine_mg_ml: float = 0.0


BODY = Disc("body", (0, 0), 74, {Material.ADIPOSE: 1.0})
NECK = (
    BODY,
    Disc("neck muscle", (0, 0), 60, {Material.MUSCLE: 1.0}, 0.8),
    Disc("soft tissue", (-28, 0), 14, {Material.SOFT_TISSUE: 1.0}),
    Disc("vertebra", (30, 0), 12, {Material.BONE: 0.5, Material.SOFT_TISSUE: 0.5}),
    Disc("artery", (0, 30), 8, {Material.BLOOD: 1.0}, 8.0),
    Disc("vein", (0, 48), 7, {Material.BLOOD: 1.0}, 5.0),
    Disc("node", (0, -30), 9, {Material.SOFT_TISSUE: 1.0}, 2.0),
    Disc("half fat", (0, 0), 9, {Material.SOFT_TISSUE: 0.5, Material.ADIPOSE: 0.5}, 2.0),
    Disc("deep fat", (-28, 32), 9, {Material.ADIPOSE: 1.0}),
)
CORE = 0.7
"""Regions of interest keep clear of the border."""


@dataclass(frozen=True, eq=False)
class Neck:
    """Discs drawn one over the other in air."""

    discs: tuple[Disc, ...] = NECK
    noise_hu: float = 0.0
    seed: int = 1
    geometry: ImageGeometry = field(
        default_factory=lambda: ImageGeometry((PIXELS, PIXELS, SECTIONS), (SIDE_MM, SIDE_MM, 2.0))
    )

    @cached_property
    def regions(self) -> np.ndarray:
        """Index of the disc of each voxel [k, j, i], -1 in air."""
        regions = np.full((PIXELS, PIXELS), -1)
        for index, disc in enumerate(self.discs):
            regions[self._distance(disc) <= disc.radius_mm] = index
        return np.repeat(regions[None], SECTIONS, axis=0)

    def roi(self, name: str) -> np.ndarray:
        """Mask of the core of a disc; for the body, of its outer fat."""
        disc = next(disc for disc in self.discs if disc.name == name)
        distance = self._distance(disc)
        core = (distance > 63) & (distance < 71) if disc is BODY else distance <= CORE * disc.radius_mm
        return np.repeat(core[None], SECTIONS, axis=0) & (self.regions == self.discs.index(disc))

    def monochromatic(self, kev: float, dtype: type = np.float32) -> Image:
        """The neck at one energy, by physics."""
        values = [
            sum(share * tissue_hu(tissue, kev) for tissue, share in disc.tissues.items())
            + disc.iodine_mg_ml * iodine_hu_per_mg_ml(kev)
            for disc in self.discs
        ]
        return self.image(values, int(kev), dtype, f"{kev:g} keV")

    def beam(self, response: Response, number: int, with_iodine: bool = True) -> Image:
        """The neck as a model of fat, soft tissue and iodine shows it; other tissues count as soft tissue."""
        values = []
        for disc in self.discs:
            fat = disc.tissues.get(Material.ADIPOSE, 0.0)
            bone = disc.tissues.get(Material.BONE, 0.0)
            iodine = disc.iodine_mg_ml + 20 * bone if with_iodine else 20 * bone
            values.append(fat * response.fat + (1 - fat) * response.soft + iodine * response.iodine)
        return self.image(values, number, np.float32, f"beam {number}")

    def iodine_map(self, per_mg_ml: float = 1.0) -> Image:
        """True iodine in some unit."""
        values = [disc.iodine_mg_ml * per_mg_ml for disc in self.discs]
        return self.image(values, 0, np.float32, "iodine", air=0.0, rescale_type="")

    def image(
        self,
        values: list[float],
        number: int,
        dtype: type = np.float32,
        source: str = "",
        *,
        air: float = -1000.0,
        rescale_type: str = "HU",
    ) -> Image:
        """An image with one value for each disc, with noise of its own when the neck has any."""
        voxels = np.array([*values, air])[self.regions]
        if self.noise_hu:
            voxels = voxels + np.random.default_rng((self.seed, number)).normal(0, self.noise_hu, voxels.shape)
        voxels = np.rint(voxels) if np.issubdtype(dtype, np.integer) else voxels
        header = HeaderFacts(rescale_type=rescale_type or None)
        return Image(voxels.astype(dtype), self.geometry, "CT", source, header)

    def _distance(self, disc: Disc) -> np.ndarray:
        j, i = np.mgrid[:PIXELS, :PIXELS] * SIDE_MM - (PIXELS - 1) / 2 * SIDE_MM
        return np.hypot(j - disc.centre_ji_mm[0], i - disc.centre_ji_mm[1])


def vendor_values(basis: Basis, kev: float) -> list[float]:
    """Values of the discs as a scanner of that basis shows them: right at 70 keV and, for tissue, at 140 keV."""
    values = []
    for disc in NECK:
        low, high = (sum(share * tissue_hu(m, e) for m, share in disc.tissues.items()) for e in (70, 140))
        # Water-like part and part with the slope of the basis, from the two anchors.
        amount = (low - high) / (basis.slope(70) - basis.slope(140)) + disc.iodine_mg_ml
        values.append(low + disc.iodine_mg_ml * basis.slope(70) + amount * (basis.slope(kev) - basis.slope(70)))
    return values
