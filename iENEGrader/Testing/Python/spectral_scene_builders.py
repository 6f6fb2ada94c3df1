"""A small neck in the scene at several energies: fat, muscle, vessels and a node of known tissue and iodine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment
from HeadNeckNodesLib.scene.volumes import add_volume
from iENEGraderLib.reading import NeckLevel, Node, Reading, Side, Site, TCategory
from iENEGraderLib.scene.case_scene import CaseScene, add_case
from iENEGraderLib.spectral import Material, iodine_hu_per_mg_ml, tissue_hu
from scipy import ndimage

GRID = ImageGeometry(size_ijk=(96, 90, 16), spacing_mm=(1.0, 1.0, 2.0), origin_lps_mm=(-48.0, -45.0, -16.0))
NOISE_HU = 4.0


@dataclass(frozen=True)
class Part:
    """A cylinder along the neck, or a ball.

    Attributes
    ----------
    centre_ras_mm : for a cylinder only right and anterior count.
    tissues : shares that fill it.
    """

    name: str
    centre_ras_mm: tuple[float, float, float]
    radius_mm: float
    tissues: dict[Material, float]
    iodine_mg_ml: float = 0.0
    is_ball: bool = False

    def hu(self, kev: float) -> float:
        """HU at an energy, by physics."""
        tissue = sum(share * tissue_hu(material, kev) for material, share in self.tissues.items())
        return tissue + self.iodine_mg_ml * iodine_hu_per_mg_ml(kev)


SOFT, FAT = {Material.SOFT_TISSUE: 1.0}, {Material.ADIPOSE: 1.0}
PARTS = (
    Part("neck", (0, 0, 0), 42, FAT),
    Part("vertebra", (0, -24, 0), 9, {Material.BONE: 0.5, Material.SOFT_TISSUE: 0.5}),
    Part("sternocleidomastoid_right", (26, -8, 0), 9, SOFT, 0.8),
    Part("common_carotid_artery_right", (12, 8, 0), 5, SOFT, 8.0),
    Part("internal_jugular_vein_right", (24, 12, 0), 6, SOFT, 5.0),
    Part("node_1", (-16, 6, 0), 10, SOFT, 2.0, is_ball=True),
    Part("node_2", (-4, 26, 0), 7, {Material.SOFT_TISSUE: 0.75, Material.ADIPOSE: 0.25}, 1.0, is_ball=True),
)
SEGMENTED = PARTS[2:]


def part(name: str) -> Part:
    """Return a part of the neck."""
    return next(each for each in PARTS if each.name == name)


def image_at(kev: float, noise_hu: float = NOISE_HU) -> Image:
    """Return the neck at one energy, with noise of its own."""
    voxels = np.full(GRID.array_shape, -1000.0)
    for each in PARTS:
        voxels[_inside(each)] = each.hu(kev)
    voxels += np.random.default_rng(int(kev)).normal(0.0, noise_hu, voxels.shape)
    return Image(np.rint(voxels).astype(np.int16), GRID, "CT", f"Neck Monoenergetic {kev:g} keV")


def add_energies(*kevs: float) -> list[Any]:
    """Add the neck at some energies to the scene, under names that tell them."""
    return [add_volume(image_at(kev), f"Neck Monoenergetic {kev:g} keV") for kev in kevs]


def segments() -> tuple[Segment, ...]:
    """Return the segments of the neck."""
    labels = np.zeros(GRID.array_shape, np.uint8)
    for value, each in enumerate(SEGMENTED, start=1):
        labels[_inside(each)] = value
    boxes = ndimage.find_objects(labels)
    return tuple(
        Segment(each.name, each.name, labels, value, boxes[value - 1], (0, 0, 0), labels.shape)
        for value, each in enumerate(SEGMENTED, start=1)
    )


def add_spectral_case() -> CaseScene:
    """Add the neck at 70 keV with its segments and a reading of both nodes, and at 40 keV beside it."""
    nodes = [each for each in segments() if each.is_node]
    anatomy = [each for each in segments() if not each.is_node]
    read = tuple(Node(f"N{n}", Side.LEFT, NeckLevel.III, segment_id=f"node_{n}") for n in (1, 2))
    reading = Reading("Spectral 1", Site.LARYNX, TCategory.T2, nodes=read)
    case = add_case(image_at(70), nodes, anatomy, reading, {})
    case.volume.SetName("Neck Monoenergetic 70 keV")
    add_energies(40)
    return case


def _inside(each: Part) -> np.ndarray:
    places = GRID.ras_from_kji(np.moveaxis(np.indices(GRID.array_shape), 0, -1))
    away = places - np.array(each.centre_ras_mm)
    used = away if each.is_ball else away[..., :2]
    inside: np.ndarray = np.linalg.norm(used, axis=-1) <= each.radius_mm
    return inside
