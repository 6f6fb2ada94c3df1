"""Infiltration of a muscle or a gland by a node: the lost fat plane and the direct growth, kept apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.fat_plane import fat_plane_between, fat_plane_not_assessable
from iENEGraderLib.measure.fat_view import FatView
from iENEGraderLib.measure.infiltration.asymmetry import Asymmetry, asymmetry
from iENEGraderLib.measure.infiltration.direct_growth import DirectGrowth, StructureKind, direct_growth
from iENEGraderLib.measure.infiltration.expected_contour import ContourCheck, contour_check
from iENEGraderLib.measure.infiltration.surroundings import Surroundings, visible_depth_mm
from iENEGraderLib.measure.label_field import LabelPart, label_part
from iENEGraderLib.measure.label_pair import box_distance_mm, overlap_voxels
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.measure.section_runs import NO_RUN
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry, Vector
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.fat_plane import FatPlane
    from iENEGraderLib.measure.preferences import Preference, Preferences

    Label = NDArray[Any] | Segment

CUT_OUT_MM = 25.0
"""Ours: surroundings of the node that are looked at; holds both balls of the contour and enough of the remote part."""
GAP_RIMS = 2.0
"""Ours: labels farther apart than this, in widths of the blurred rim, do not meet; nearer ones may miss a voxel."""
LEAST_VOXELS = 30
"""Ours: a smaller label has no shape to compare."""
NO_IMAGE = "there is no image: only the shapes of the labels were compared"


@dataclass(frozen=True)
class Infiltration:
    """What speaks for and against growth of a node into a structure. A lost fat plane alone is not enough for it.

    Attributes
    ----------
    evidence_class, reason : of direct infiltration.
    fat_plane : between node and structure; ``None`` when they are far apart or a label is empty.
    distance_mm : from node to structure; 0 when their labels touch.
    sections, length_mm : contiguous sections of the part of the structure that differs, and their length.
    depth_mm, volume_mm3 : how deep it reaches from the node, and its volume.
    visible_depth_mm : shallower growth would not show on this grid.
    excess, reference, unit : median difference of that part from the remote part of the structure (negative: darker),
        median of the remote part, and their unit.
    node_inside_expected_contour_mm3 : volume of the node where the structure is expected; details in ``contour``.
    overlap_mm3 : volume that is labelled as both.
    place_ras_mm : where to look.
    asymmetry : against the other side, when given; shown, never graded.
    """

    evidence_class: EvidenceClass
    reason: str
    fat_plane: FatPlane | None = None
    distance_mm: float = 0.0
    sections: int = 0
    length_mm: float = 0.0
    depth_mm: float = 0.0
    volume_mm3: float = 0.0
    visible_depth_mm: float | None = None
    excess: float | None = None
    reference: float | None = None
    unit: Unit = Unit.HU
    node_inside_expected_contour_mm3: float = 0.0
    contour: ContourCheck | None = None
    overlap_mm3: float = 0.0
    place_ras_mm: Vector | None = None
    asymmetry: Asymmetry | None = None
    warnings: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()


def infiltration(
    image: Image | None,
    structure: Label,
    node: Label,
    preferences: Preferences | None = None,
    *,
    unit: Unit = Unit.HU,
    kind: StructureKind = StructureKind.MUSCLE,
    geometry: ImageGeometry | None = None,
    other_side: Label | None = None,
    fat: FatView | None = None,
) -> Infiltration:
    """Measure what tells growth of a node into a muscle or a gland.

    Parameters
    ----------
    image : CT or iodine map on the grid of the labels; ``None`` compares shapes only.
    structure, node : masks [k, j, i] or segments. The label of the structure should keep the boundary it is expected
        to have; where it gives way to the node, that is reported and nothing is decided.
    unit : of the image.
    kind : a muscle becomes brighter where a node grows in, a gland brighter or darker.
    geometry : the grid, needed without image.
    other_side : label of the partner on the other side, for the asymmetry.
    fat : what the fat plane is told by; by default the image, if it is in HU.

    Raises
    ------
    InputError
        when shapes differ, the grid is not known, or an image said to be in HU is none.
    """
    chosen = preferences or default_preferences()
    grid = _checked_grid(image, geometry, unit)
    structure_part = label_part(structure, grid.array_shape, "the structure")
    node_part = label_part(node, grid.array_shape, "the node")
    if fat is None and image is not None and unit is Unit.HU:
        fat = FatView.of_ct(image)
    pair = _Pair(image, structure_part, node_part, grid, fat)
    found = _settled(pair, unit, chosen) or _measured(pair, unit, kind, chosen)
    if other_side is None:
        return found
    other_part = label_part(other_side, grid.array_shape, "the other side")
    return replace(found, asymmetry=asymmetry(structure_part, other_part, None if image is None else image.voxels))


def _settled(pair: _Pair, unit: Unit, preferences: Preferences) -> Infiltration | None:
    """Return the result where there is nothing to measure, else ``None``."""
    reach_mm = preferences.value("infiltration.reach_mm")
    result, distance_mm = EvidenceClass.NOT_MET, 0.0
    reason = _too_small(pair.structure, "structure") or _too_small(pair.node, "node")
    if reason:
        result = EvidenceClass.NOT_ASSESSABLE
    else:
        distance_mm = box_distance_mm(pair.structure, pair.node, np.array(pair.geometry.spacing_kji_mm))
        reason = _far(distance_mm, "at least ")
        if distance_mm <= reach_mm:
            distance_mm = pair.distance_mm
            reason = _far(distance_mm)
        if distance_mm <= reach_mm:
            return None
    return Infiltration(result, reason, None, distance_mm, unit=unit, preferences=preferences.of("infiltration"))


def _checked_grid(image: Image | None, geometry: ImageGeometry | None, unit: Unit) -> ImageGeometry:
    if image is None:
        if geometry is None:
            raise InputError("neither image nor grid is given: give the geometry of the labels")
        return geometry
    if unit is Unit.HU and image.modality not in ("CT", ""):
        raise InputError(f"the image is said to be in HU, but its modality is {image.modality}: give the CT")
    if geometry is not None and not geometry.matches(image.geometry):
        raise InputError(f"the image lies on {image.geometry.describe()}, the labels on {geometry.describe()}")
    return image.geometry


def _too_small(part: LabelPart, what: str) -> str:
    count = int(np.count_nonzero(part.mask))
    return (
        "" if count >= LEAST_VOXELS else f"the label of the {what} has {count} voxels, at least {LEAST_VOXELS} needed"
    )


def _far(distance_mm: float, about: str = "") -> str:
    return f"the structure is {about}{distance_mm:.1f} mm away from the node"


@dataclass(frozen=True, eq=False)
class _Pair:
    """A structure and a node near it."""

    image: Image | None
    structure: LabelPart
    node: LabelPart
    geometry: ImageGeometry
    fat: FatView | None

    @cached_property
    def around(self) -> Surroundings:
        """Both labels near the node."""
        return Surroundings.within(CUT_OUT_MM, self.structure, self.node, self.geometry)

    @cached_property
    def distance_mm(self) -> float:
        """Distance between the nearest voxels of both labels, from face to face; 0 where they touch."""
        around = self.around
        if not around.structure.any():
            return np.inf
        nearest = np.argmin(np.where(around.structure, around.node_distance_mm, np.inf))
        steps = np.argwhere(around.node) - np.unravel_index(nearest, around.node.shape)
        gaps = np.maximum(np.abs(steps) - 1, 0) * around.spacing_mm
        return float(np.linalg.norm(gaps, axis=1).min())


def _measured(pair: _Pair, unit: Unit, kind: StructureKind, preferences: Preferences) -> Infiltration:
    around = pair.around
    contour = contour_check(around, pair.structure, preferences)
    growth = _together(_growth(pair, unit, kind, preferences), contour)
    plane = _fat_plane(pair, preferences)
    overlap_mm3 = overlap_voxels(pair.structure, pair.node) * around.geometry.voxel_volume_mm3
    return Infiltration(
        growth.evidence_class,
        growth.reason,
        fat_plane=plane,
        distance_mm=pair.distance_mm,
        sections=growth.run.sections,
        length_mm=growth.run.length_mm,
        depth_mm=growth.depth_mm,
        volume_mm3=growth.volume_mm3,
        visible_depth_mm=visible_depth_mm(around.spacing_mm),
        excess=growth.excess,
        reference=growth.reference,
        unit=unit,
        node_inside_expected_contour_mm3=contour.inside_mm3,
        contour=contour,
        overlap_mm3=overlap_mm3,
        place_ras_mm=growth.place_ras_mm or contour.place_ras_mm or plane.place_ras_mm,
        warnings=tuple(_warnings(pair, plane, overlap_mm3)),
        preferences=preferences.of("infiltration") + plane.preferences,
    )


def _warnings(pair: _Pair, plane: FatPlane, overlap_mm3: float) -> Iterator[str]:
    if overlap_mm3:
        yield f"the labels overlap by {overlap_mm3:.1f} mm3, which is taken for node: check both outlines"
    ends = np.add(pair.node.start_kji, pair.node.mask.shape)
    if min(pair.node.start_kji) == 0 or (ends == pair.node.grid_shape).any():
        yield "the node reaches the edge of the image: what lies beyond was not seen"
    if pair.distance_mm and plane.evidence_class is EvidenceClass.MET:
        yield f"there is no fat in the {pair.distance_mm:.1f} mm between the labels: check both outlines"


def _growth(pair: _Pair, unit: Unit, kind: StructureKind, preferences: Preferences) -> DirectGrowth:
    around = pair.around
    if pair.image is None:
        return DirectGrowth(EvidenceClass.NOT_ASSESSABLE, NO_IMAGE, NO_RUN)
    if not (around.structure & (around.rims <= GAP_RIMS)).any():
        return DirectGrowth(EvidenceClass.NOT_MET, _far(pair.distance_mm), NO_RUN)
    box = tuple(slice(a, b) for a, b in zip(around.start_kji, around.stop_kji, strict=True))
    return direct_growth(around, pair.image.voxels[box].astype(np.float32), unit, kind, preferences)


def _together(growth: DirectGrowth, contour: ContourCheck) -> DirectGrowth:
    """Join both checks: what the values prove stands; what the shapes leave open is told, and never proves."""
    if growth.evidence_class is EvidenceClass.MET or contour.evidence_class is EvidenceClass.NOT_MET:
        return growth
    looks_alike = growth.evidence_class is EvidenceClass.NOT_MET
    rest = "what is left of the structure looks like its remote part" if looks_alike else growth.reason
    place = contour.place_ras_mm if looks_alike else growth.place_ras_mm
    return replace(
        growth, evidence_class=contour.evidence_class, reason=f"{contour.reason}; {rest}", place_ras_mm=place
    )


def _fat_plane(pair: _Pair, preferences: Preferences) -> FatPlane:
    if pair.fat is None:
        return fat_plane_not_assessable("the fat plane needs a CT in HU or a fat map", preferences)
    try:
        scale = pair.fat.scale(pair.node, (pair.structure,))
    except InputError as error:
        return fat_plane_not_assessable(str(error), preferences)
    return fat_plane_between(pair.fat.image, pair.structure, pair.node, scale, preferences)
