"""Jugular veins of known state beside a node, drawn into CT values or iodine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from contact_phantoms import Pose, pose
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.measure.units import Unit
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Floats = NDArray[np.float64]

FINE_MM = 0.5
EXTENT_MM = (54.0, 46.0, 84.0)
"""Along k, j, i; the vein beside the node lies in the first 54 mm along i, the other one in the rest."""
PSF_FWHM_MM = 0.8
BLOOD, NODE, MUSCLE = 4.5, 2.0, 0.8
"""Iodine in mg/mL."""
HU_PER_MG_ML = 26.0
SOFT_HU, FAT_HU, AIR_HU = 45.0, -100.0, -1000.0
AIR_MM = 4.0
NOISE_MG_ML = {0.5: 0.45, 1.0: 0.4, 3.0: 0.25}
NOISE_HU = 12.0


@dataclass(frozen=True)
class VeinPlan:
    """What to draw.

    Attributes
    ----------
    kind : patent, compressed, obliterated, filling defect.
    half_axis_mm : longer half axis of the lumen; the shorter is two thirds of it.
    half_length_mm : of the gap or of the defect, measured along the vein.
    depth : share of the shorter axis that compression takes.
    tilt_deg, azimuth_deg : of the vein against the section axis.
    defect_iodine, other_iodine, blood : in mg/mL.
    is_node_near : draw the node beside the vein; else at the far side of the grid.
    ends_in_tumour : the lumen does not go on beyond the gap.
    """

    kind: str
    half_axis_mm: float = 6.0
    half_length_mm: float = 6.0
    depth: float = 0.72
    tilt_deg: float = 10.0
    azimuth_deg: float = 30.0
    defect_iodine: float = 1.3
    blood: float = BLOOD
    other_iodine: float = BLOOD
    is_node_near: bool = True
    ends_in_tumour: bool = False
    shift_mm: tuple[float, float, float] = (0.1, -0.2, 0.15)


@dataclass(frozen=True, eq=False)
class VeinPhantom:
    """Labels and image on one grid."""

    image: Image
    vein: Mask
    other: Mask
    node: Mask
    muscle: Mask

    @property
    def geometry(self) -> ImageGeometry:
        """Grid of the image."""
        return self.image.geometry


def random_plan(kind: str, rng: np.random.Generator) -> VeinPlan:
    """Return a plan with everything else at random."""
    return VeinPlan(
        kind,
        half_axis_mm=rng.uniform(4.5, 7.0),
        half_length_mm=rng.uniform(4.5, 8.0),
        depth=rng.uniform(0.62, 0.78),
        tilt_deg=rng.uniform(0, 25),
        azimuth_deg=rng.uniform(0, 360),
        defect_iodine=rng.uniform(0.8, 1.6),
        shift_mm=tuple(rng.uniform(-0.5, 0.5, 3).tolist()),
    )


def oblique_axes(rng: np.random.Generator, most_deg: float = 20.0) -> Floats:
    """Return a direction matrix turned about a random axis by up to some degrees."""
    axis = rng.normal(size=3)
    x, y, z = axis / np.linalg.norm(axis) * np.radians(rng.uniform(5, most_deg))
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.linalg.norm([x, y, z])
    return np.eye(3) + np.sin(angle) / angle * cross + (1 - np.cos(angle)) / angle**2 * cross @ cross


def draw_vein(
    plan: VeinPlan,
    section_mm: float,
    rng: np.random.Generator,
    axes: Floats | None = None,
    unit: Unit = Unit.IODINE,
) -> VeinPhantom:
    """Draw a plan at 0.5 mm and average to sections of a thickness that is a multiple of it."""
    fine = _grid()
    at = pose(plan.tilt_deg, plan.azimuth_deg, (plan.shift_mm[0], plan.shift_mm[1], plan.shift_mm[2] - 15.0))
    vein, defect = _vein(plan, at, fine)
    other = _tube(replace_centre(pose(4, 70), 28.0), 6.0, 4.0, fine)
    node = _node(plan, at, fine) & ~vein
    muscle = (np.abs(fine[..., 1] + 15) < 3) & (np.abs(fine[..., 2] - 28) < 8)
    iodine = MUSCLE * muscle + plan.other_iodine * other + NODE * node + plan.blood * vein
    iodine = np.where(defect, plan.defect_iodine, iodine)
    values = iodine if unit is Unit.IODINE else _hounsfield(iodine, vein | other | node | muscle, fine)
    sigma = PSF_FWHM_MM / 2.355 / FINE_MM
    values = ndimage.gaussian_filter(values, (sigma, sigma, sigma))
    factor = round(section_mm / FINE_MM)
    values = _thick(values, factor)
    values = values + rng.normal(0, _noise(section_mm, unit), values.shape)
    labels = [_thick(mask.astype(np.float32), factor) >= 0.5 for mask in (vein, other, node, muscle)]
    labels[2] &= ~labels[0]
    geometry = _geometry(values.shape, section_mm, np.eye(3) if axes is None else axes)
    return VeinPhantom(Image(values.astype(np.float32), geometry, "CT"), *labels)


def replace_centre(at: Pose, along_i_mm: float) -> Pose:
    """Return a pose moved along i."""
    return replace(at, centre=np.array([0.0, 0.0, along_i_mm]))


def _grid() -> Floats:
    axes = [(np.arange(round(e / FINE_MM)) + 0.5) * FINE_MM - e / 2 for e in EXTENT_MM]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1)


def _tube(at: Pose, a: float, b: float | Floats, points: Floats) -> Mask:
    _, x, y = at.coordinates(points)
    return (x / a) ** 2 + (y / np.maximum(b, 1e-3)) ** 2 <= 1


def _vein(plan: VeinPlan, at: Pose, points: Floats) -> tuple[Mask, Mask]:
    """Return the vein and the part of it that is a defect."""
    along = at.coordinates(points)[0]
    a, b = plan.half_axis_mm, np.full(along.shape, plan.half_axis_mm * 2 / 3)
    if plan.kind in ("compressed", "obliterated"):
        b *= 1 - plan.depth * np.exp(-((along / (plan.half_length_mm + 3)) ** 4))
    inside = _tube(at, a, b, points)
    in_middle = np.abs(along) < plan.half_length_mm
    if plan.kind == "obliterated":
        inside &= ~in_middle
        if plan.ends_in_tumour:
            inside &= along < 0
    return inside, inside & in_middle & (plan.kind == "filling defect")


def _node(plan: VeinPlan, at: Pose, points: Floats) -> Mask:
    along, x, y = at.coordinates(points)
    aside = y - plan.half_axis_mm * 2 / 3 - 5.0
    if not plan.is_node_near:
        return ((points - np.array([20.0, 17.0, 36.0])) ** 2).sum(-1) <= 9
    body = (along / (plan.half_length_mm + 5)) ** 2 + (aside / 7.5) ** 2 + (x / 10) ** 2 <= 1
    if plan.kind == "obliterated":
        body |= (np.abs(along) < plan.half_length_mm + 2) & (np.abs(y) < 5) & (np.abs(x) < plan.half_axis_mm + 1)
    return body


def _hounsfield(iodine: Floats, soft: Mask, points: Floats) -> Floats:
    values = np.where(soft, SOFT_HU, FAT_HU) + HU_PER_MG_ML * iodine
    rim = (np.array(EXTENT_MM) / 2 - np.abs(points))[..., 1:].min(axis=-1)
    return np.where(rim < AIR_MM, AIR_HU, values)


def _noise(section_mm: float, unit: str) -> float:
    return NOISE_MG_ML[section_mm] if unit is Unit.IODINE else NOISE_HU


def _thick(values: NDArray[np.floating], factor: int) -> NDArray[np.floating]:
    """Average neighbouring sections."""
    whole = len(values) // factor * factor
    return values[:whole].reshape(-1, factor, *values.shape[1:]).mean(axis=1)


def _geometry(shape: tuple[int, ...], section_mm: float, axes: Floats) -> ImageGeometry:
    k, j, i = shape
    rows = tuple(tuple(row) for row in axes.tolist())
    return ImageGeometry((i, j, k), (FINE_MM, FINE_MM, section_mm), (5.0, -20.0, 40.0), rows)
