"""Two bodies or one: the neck between two labels against the smaller of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.coalescence.criteria import Bodies, Separability
from iENEGraderLib.measure.distances import signed_distance_mm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.coalescence.two_nodes import TwoNodes
    from iENEGraderLib.measure.preferences import Preferences

    Floats = NDArray[np.float64]
    Place = tuple[int, ...]

HALVINGS = 10
UNCERTAINTY_VOXELS = 0.35
"""Ours, from phantoms: how far a radius may be off."""
SHRUNK_VOXELS = 1.1
"""Ours, from phantoms: radii as measured here fall short by so much."""
NEIGHBOURS = np.ones((3, 3, 3), dtype=bool)


def measure_separability(nodes: TwoNodes, preferences: Preferences) -> Separability:
    """Measure how much the widest ball must shrink to pass from one label to the other inside both."""
    pair = nodes.pair
    # From the border voxels inside: too short, which for the ratio makes up for the blurred wedge that fills the neck.
    radii = signed_distance_mm(pair.first | pair.second, pair.spacing_mm) + np.float32(0.5 * pair.spacing_mm.min())
    peaks = [_highest(radii, mask) for mask in (pair.first, pair.second)]
    smaller = min(float(radii[peak]) for peak in peaks)
    neck = _neck_radius_mm(radii, peaks, smaller)
    value = float(np.clip(1.0 - neck / smaller, 0.0, 1.0))
    uncertainty = UNCERTAINTY_VOXELS * float(nodes.voxel_mm.max()) / smaller
    bodies = _bodies(value, uncertainty, preferences)
    place = _place_of_neck(radii, nodes, neck)
    return Separability(
        bodies=bodies,
        reason=(
            f"the neck is {100 * value:.0f} ± {100 * uncertainty:.0f} % narrower than the smaller body"
            if neck
            else "the labels do not touch"
        ),
        value=value,
        uncertainty=uncertainty,
        neck_radius_mm=(1.0 - value) * (smaller + SHRUNK_VOXELS * float(pair.spacing_mm.min())),
        place_ras_mm=nodes.place_ras(pair.origin_mm + place * pair.spacing_mm),
    )


def _bodies(value: float, uncertainty: float, preferences: Preferences) -> Bodies:
    if value - uncertainty > preferences.value("coalescence.two_bodies_separability"):
        return Bodies.TWO
    single = preferences.value("coalescence.single_body_separability")
    return Bodies.ONE if value < single and uncertainty <= single else Bodies.UNCLEAR


def _highest(radii: NDArray[np.float32], mask: NDArray[np.bool_]) -> Place:
    return tuple(int(n) for n in np.unravel_index(int(np.argmax(np.where(mask, radii, -np.inf))), radii.shape))


def _neck_radius_mm(radii: NDArray[np.float32], peaks: list[Place], most: float) -> float:
    """Return the greatest radius at which both peaks are still connected; 0 when they never are."""
    low, high = 0.0, most
    if not _are_connected(radii, peaks, high * 1e-3):
        return 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        if _are_connected(radii, peaks, middle):
            low = middle
        else:
            high = middle
    return low


def _are_connected(radii: NDArray[np.float32], peaks: list[Place], radius_mm: float) -> bool:
    labels, _ = ndimage.label(radii >= radius_mm, NEIGHBOURS)
    return bool(labels[peaks[0]] == labels[peaks[1]] != 0)


def _place_of_neck(radii: NDArray[np.float32], nodes: TwoNodes, neck_mm: float) -> Floats:
    """Return the deepest place of the interface between the labels, in array positions."""
    pair = nodes.pair
    beside = pair.first & ndimage.binary_dilation(pair.second, NEIGHBOURS)
    if not beside.any() or neck_mm == 0.0:
        halfway: Floats = (np.mean(nodes.middles_mm, axis=0) - pair.origin_mm) / pair.spacing_mm
        return halfway
    return np.array(_highest(radii, beside), dtype=np.float64)
