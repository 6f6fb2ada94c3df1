"""The contact of two nodes as the panel shows it: measured, and in words. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.hounsfield import why_not_hounsfield

from iENEGraderLib.export.words import EVIDENCE_CLASSES
from iENEGraderLib.measure.case.evidence.pairs import of_pair
from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.measure.case.records.record_types import CoalescenceRecord, Outcome
from iENEGraderLib.measure.coalescence import Coalescence, coalescence
from iENEGraderLib.measure.coalescence.criteria import Bodies
from iENEGraderLib.measure.label_field import label_part
from iENEGraderLib.measure.label_pair import box_distance_mm
from iENEGraderLib.reading import FindingKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.reading import Evidence, EvidenceClass

    Point = tuple[float, float, float]

COALESCENCE_KINDS = (Kind.COALESCENCE, Kind.FAT_PLANE_BETWEEN, Kind.CONVEXITY, Kind.NOTCH)
BODY_WORDS = {
    Bodies.ONE: "looks like one lobulated body",
    Bodies.UNCLEAR: "one lobulated or two nodes: unclear",
    Bodies.TWO: "looks like two nodes",
    Bodies.NOT_ASSESSABLE: "one or two nodes: not assessable",
}


@dataclass(frozen=True)
class CriterionShown:
    """One of the three criteria.

    Attributes
    ----------
    number : the measurement in a few words; empty when there is none.
    words : its class.
    reason : how it came about, in a sentence.
    """

    kind: FindingKind
    number: str
    words: str
    reason: str
    place_ras_mm: Point | None


@dataclass(frozen=True, eq=False)
class CoalescenceStudy:
    """Two nodes beside each other.

    Attributes
    ----------
    node_id, partner_id : of the nodes in the reading.
    centre_ras_mm : middle of the contact; between both middles when nothing touches.
    direction_ras : from the middle of the node to that of its partner, in mm.
    """

    node_id: str
    partner_id: str
    found: Coalescence
    centre_ras_mm: Point
    direction_ras: Point

    @property
    def criteria(self) -> tuple[CriterionShown, ...]:
        """The three criteria, in the order of the consensus."""
        fat, convexity, notch = self.found.fat_plane, self.found.convexity, self.found.notch
        share = None if fat.lost_share is None else 100 * fat.lost_share
        share_error = None if fat.uncertainty is None else 100 * fat.uncertainty
        patch, error = convexity.patch_to_short_axis, convexity.uncertainty
        return (
            CriterionShown(
                FindingKind.FAT_PLANE_LOST_BETWEEN_NODES, _number(share, share_error, 0, " %"),
                _words(fat.evidence_class), fat.reason, fat.place_ras_mm,
            ),
            CriterionShown(
                FindingKind.CONVEXITY_LOST_AT_CONTACT, _number(patch, error, 2, ""),
                _words(convexity.evidence_class), convexity.reason, convexity.place_ras_mm,
            ),
            CriterionShown(
                FindingKind.BOUNDARIES_MERGED, _number(notch.angle_deg, notch.uncertainty, 0, "°"),
                _words(notch.evidence_class), notch.reason, notch.place_ras_mm,
            ),
        )  # fmt: skip

    @property
    def partner_of(self) -> Mapping[str, str]:
        """The other node, by node."""
        return {self.node_id: self.partner_id, self.partner_id: self.node_id}

    @property
    def summary(self) -> str:
        """What the three measurements amount to; it is evidence, and the reader decides."""
        return f"Evidence: {self.found.reason}."

    @property
    def bodies(self) -> str:
        """Whether there are two nodes at all, and the number behind it."""
        found = self.found.separability
        number = "" if found.value is None else _index(found.value, found.uncertainty)
        return f"{BODY_WORDS[found.bodies].capitalize()}{number}: {found.reason}."

    def evidence(self) -> Mapping[str, tuple[Evidence, ...]]:
        """Return what can be kept in the reading, for both nodes."""
        record = CoalescenceRecord(self.node_id, self.partner_id, Outcome(self.found))
        return {node_id: tuple(of_pair(record, node_id)) for node_id in self.partner_of}


def study_coalescence(
    image: Image, geometry: ImageGeometry, nodes: Mapping[str, Segment], node_id: str, partner_id: str
) -> CoalescenceStudy:
    """Measure the three criteria of two nodes.

    Parameters
    ----------
    nodes : segments by node of the reading.

    Raises
    ------
    InputError
        When one of the nodes has no segment, or an empty one.
    """
    for each in (node_id, partner_id):
        if each not in nodes:
            raise InputError(f"{each} has no segment: give it one under Nodes")
    node, partner = nodes[node_id], nodes[partner_id]
    usable = None if why_not_hounsfield(image) else image
    found = coalescence(usable, node, partner, geometry=geometry)
    begin, end = _middle_ras(node, node_id, geometry), _middle_ras(partner, partner_id, geometry)
    centre = found.convexity.place_ras_mm or found.fat_plane.place_ras_mm or _point((begin + end) / 2)
    return CoalescenceStudy(node_id, partner_id, found, centre, _point(end - begin))


def partners_by_distance(node_id: str, nodes: Mapping[str, Segment], geometry: ImageGeometry) -> tuple[str, ...]:
    """Return the other nodes that have a segment, the nearest first."""
    if node_id not in nodes:
        return ()
    parts = {name: label_part(node, geometry.array_shape, name) for name, node in nodes.items()}
    spacing = np.array(geometry.spacing_kji_mm)
    others = [name for name in nodes if name != node_id]
    return tuple(sorted(others, key=lambda name: box_distance_mm(parts[node_id], parts[name], spacing)))


def _middle_ras(node: Segment, name: str, geometry: ImageGeometry) -> NDArray[np.float64]:
    part = label_part(node, geometry.array_shape, name)
    if part.is_empty:
        raise InputError(f"the segment of {name} is empty: draw it first")
    middle: NDArray[np.float64] = geometry.ras_from_kji(np.argwhere(part.mask).mean(axis=0) + part.start_kji)
    return middle


def _number(value: float | None, error: float | None, digits: int, unit: str) -> str:
    if value is None:
        return ""
    shown = "" if error is None else f" ± {error:.{digits}f}"
    return f"{value:.{digits}f}{shown}{unit}"


def _index(value: float, error: float | None) -> str:
    return f" (index {_number(value, error, 2, '')}; 0 is one body, 1 is two)"


def _words(evidence_class: EvidenceClass) -> str:
    return f"measured: {EVIDENCE_CLASSES[evidence_class]}"


def _point(values: NDArray[np.float64]) -> Point:
    right, anterior, superior = values.tolist()
    return right, anterior, superior
