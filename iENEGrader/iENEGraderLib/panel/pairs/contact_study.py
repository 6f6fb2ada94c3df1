"""The contact of one node with one vessel as the panel shows it: measured, and in words. No Qt, no Slicer."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.anatomy import Encasement
from iENEGraderLib.measure.case.attempts import Attempts
from iENEGraderLib.measure.case.evidence.pairs import of_contact
from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.measure.case.records.contacts import ARTERY_WALL, VEIN_WALL, against_encasement
from iENEGraderLib.measure.case.records.record_types import ContactRecord, Outcome
from iENEGraderLib.measure.case.setting import Setting
from iENEGraderLib.measure.contact import (
    ContactClass,
    SectionArc,
    VesselModel,
    arc_in_section,
    contact_with_model,
    section_of_branch,
    vessel_model,
)
from iENEGraderLib.measure.contact.classes import contact_class
from iENEGraderLib.measure.fat_plane import fat_plane_between
from iENEGraderLib.measure.label_field import LabelPart, label_part
from iENEGraderLib.panel.choices import spaced

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.case.roles import RoleAssignment, Roles
    from iENEGraderLib.measure.contact import ContactProfile
    from iENEGraderLib.measure.fat_plane import FatPlane
    from iENEGraderLib.reading import Evidence

CLASS_WORDS = {
    ContactClass.BELOW_180: "below 180°",
    ContactClass.FROM_180_TO_270: "180 to <270°: indeterminate, discuss",
    ContactClass.AT_LEAST_270: "270° or more",
    ContactClass.NOT_ASSESSABLE: "not assessable",
}
CONTACT_KINDS = (Kind.CONTACT, Kind.ENCASED_LENGTH, Kind.BIFURCATION, Kind.FAT_PLANE)
ENCASEMENT_ORDER = (Encasement.WHOLE, Encasement.ORIGIN, Encasement.NEVER)


@dataclass(frozen=True, eq=False)
class ContactStudy:
    """A node beside a vessel.

    Attributes
    ----------
    node_id : of the node in the reading.
    model : the traced vessel.
    record : what was measured, as for all nodes of a case.
    """

    node_id: str
    node: Segment
    vessel: Segment
    model: VesselModel
    record: ContactRecord

    @property
    def profile(self) -> ContactProfile:
        """The contact."""
        return self.record.profile

    @property
    def can_be_stepped(self) -> bool:
        """Tell whether there are sections to look at."""
        return self.profile.sections is not None and self.profile.contact_map is not None

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What can be kept in the reading."""
        return tuple(of_contact(self.record))

    def arc_at(self, node: Segment, along_mm: float, branch: int) -> SectionArc:
        """Measure one section against another outline of the node; quick enough to follow its drawing."""
        section = section_of_branch(self.model, along_mm, branch)
        return arc_in_section(section, _part(node, self.model), self.profile.tolerance_mm, self.profile.wall_mm)


class ContactStudies:
    """Measures contacts; each vessel is traced once, until its outline changes."""

    def __init__(self) -> None:
        self._traced: dict[str, tuple[int, VesselModel]] = {}

    def study(self, image: Image | None, roles: Roles, node_id: str, node: Segment, vessel: Segment) -> ContactStudy:
        """Measure the contact of a node with a vessel.

        Raises
        ------
        InputError
            When the segments do not lie on one grid.
        """
        setting = Setting(
            image=image,
            segmentation=roles.segmentation,
            roles=roles,
            preferences=roles.preferences,
            nodes={node_id: node},
            vessels=(vessel,),
            attempts=Attempts(),
        )
        model = self._model(vessel, roles.segmentation.geometry)
        return ContactStudy(node_id, node, vessel, model, _record(setting, node_id, vessel, model))

    def _model(self, vessel: Segment, geometry: ImageGeometry) -> VesselModel:
        outline = zlib.crc32(repr((vessel.grid_box, geometry)).encode(), zlib.crc32(vessel.cropped_mask().tobytes()))
        known = self._traced.get(vessel.segment_id)
        if known is None or known[0] != outline:
            known = outline, vessel_model(vessel, geometry)
            self._traced[vessel.segment_id] = known
        return known[1]


def offered_vessels(roles: Roles) -> tuple[RoleAssignment, ...]:
    """Return the vessels that contact is measured with: those that count for encasement first."""
    found = [roles.of(vessel) for vessel in roles.vessels]
    return tuple(sorted(found, key=lambda each: (roles_order(each), each.segment_name)))


def nearest_vessel(roles: Roles, node: Segment) -> str:
    """Return the id of the vessel nearest to the middle of a node, of those that may count if there are any."""
    may_count = [each for each in roles.vessels if roles.of(each).encasement is not Encasement.NEVER]
    spacing = np.array(roles.segmentation.geometry.spacing_kji_mm)

    def voxels_mm(segment: Segment) -> NDArray[np.float64]:
        start = [each.start for each in segment.grid_box]
        places: NDArray[np.float64] = (np.argwhere(segment.cropped_mask()) + start) * spacing
        return places

    middle = voxels_mm(node).mean(axis=0)

    def distance_mm(vessel: Segment) -> float:
        return float(np.linalg.norm(voxels_mm(vessel) - middle, axis=1).min(initial=np.inf))

    return min(may_count or roles.vessels, key=distance_mm).segment_id


def roles_order(vessel: RoleAssignment) -> int:
    """Return the place of a vessel in the list: major arteries, arteries that count at their origin, others."""
    return ENCASEMENT_ORDER.index(vessel.encasement)


def vessel_words(vessel: RoleAssignment) -> str:
    """Return a vessel's name, and whether contact with it counts."""
    counts = {Encasement.WHOLE: "counts", Encasement.ORIGIN: "counts at its origin", Encasement.NEVER: "never counts"}
    return f"{spaced(vessel.segment_name)} ({counts[vessel.encasement]})"


def headline(record: ContactRecord) -> str:
    """Return the angle and its class, or why there is none; an angle with a vessel that never counts has no class."""
    profile = record.profile
    if profile.max_arc_deg is None or profile.band_deg is None:
        return f"Not assessable: {profile.reason}"
    if not profile.max_arc_deg:
        return f"No contact within {profile.tolerance_mm:g} mm"
    angle = f"{profile.max_arc_deg:.0f}° ± {profile.band_deg:.0f}°"
    if not record.counts_for_encasement:
        return f"{angle} · does not count for encasement"
    classes = " or ".join(CLASS_WORDS[each] for each in profile.possible_classes)
    return f"{angle} · {'the grid does not decide: ' if profile.is_equivocal else ''}{classes}"


def details(record: ContactRecord) -> tuple[str, ...]:
    """Return everything else that is told of a contact, a sentence each."""
    found = record.profile
    lines = [_sentence(record.why_it_counts)]
    if record.counts_for_encasement and found.max_arc_deg:
        lines.append(_sentence(record.reason))
    if found.max_arc_deg:
        lines += [_lengths(found), _tolerances(found)]
    if found.unassessed_length_mm:
        lines.append(f"{found.unassessed_length_mm:.1f} mm in contact have no complete cross-section and no angle.")
    for each in found.bifurcations:
        if each.is_in_contact:
            lines.append(f"Bifurcation: {100 * each.wall_share:.0f} % of its wall in contact, a finding of its own.")
    if found.lumen is not None:
        lines.append(_lumen(found))
    if record.fat_plane.result is not None and found.max_arc_deg:
        lines.append(f"Fat plane: {record.fat_plane.result.reason}; alone it proves nothing.")
    return (*lines, *map(_sentence, found.warnings))


def section_words(along_mm: float, arc_deg: float | None) -> str:
    """Return where a section lies and its angle."""
    return f"{along_mm:.1f} mm: {'no angle here' if arc_deg is None else f'{arc_deg:.0f}°'}"


def drawn_angle_words(name: str, angle_deg: float) -> str:
    """Return an angle that the reader drew by three points, and its class."""
    return f"Drawn, {name}: {angle_deg:.0f}° · {CLASS_WORDS[contact_class(angle_deg)]}"


def _record(setting: Setting, node_id: str, vessel: Segment, model: VesselModel) -> ContactRecord:
    roles, preferences = setting.roles, setting.preferences
    wall = preferences.named(VEIN_WALL if roles.is_vein(vessel) else ARTERY_WALL)
    part = setting.nearness.part(setting.nodes[node_id])
    profile = contact_with_model(model, part, wall_mm=wall.value, preferences=preferences)
    scope = roles.encasement_scope(vessel, profile.place_ras_mm)
    evidence_class, reason = against_encasement(profile) if scope.counts else (None, scope.reason)
    return ContactRecord(
        node_id=node_id,
        structure=roles.name_of(vessel),
        profile=profile,
        counts_for_encasement=scope.counts,
        why_it_counts=scope.reason,
        evidence_class=evidence_class,
        reason=reason,
        fat_plane=_fat_plane(setting, node_id, vessel, part),
        preferences=(*profile.preferences, wall),
    )


def _fat_plane(setting: Setting, node_id: str, vessel: Segment, node: LabelPart) -> Outcome[FatPlane]:
    scale = setting.scale(node_id)
    if scale.result is None:
        return Outcome(None, scale.reason)
    other = setting.nearness.part(vessel)
    measure = partial(fat_plane_between, first=node, second=other, scale=scale.result, preferences=setting.preferences)
    return setting.with_values("fat plane", measure)


def _part(node: Segment, model: VesselModel) -> LabelPart:
    return label_part(node, model.geometry.array_shape, "the node")


def _lengths(found: ContactProfile) -> str:
    return (
        f"At least 180° over {found.length_ge_180_mm:.1f} mm, 270° over {found.length_ge_270_mm:.1f} mm; "
        f"contact over {found.contact_length_mm:.1f} mm; all arcs together {found.summed_arc_deg:.0f}°."
    )


def _tolerances(found: ContactProfile) -> str:
    by_tolerance = sorted((found.arc_deg_by_tolerance or {}).items())
    by_gap = ", ".join(f"{angle:.0f}° at {gap:g} mm" for gap, angle in by_tolerance)
    wall = f" beyond a wall of {found.wall_mm:g} mm" if found.wall_mm else ""
    return f"Contact is a gap of up to {found.tolerance_mm:.2g} mm{wall}; by other gaps {by_gap}."


def _lumen(found: ContactProfile) -> str:
    lumen = found.lumen
    assert lumen is not None
    return (
        f"Lumen narrowed by {100 * max(lumen.narrowing, 0.0):.0f} %; roundness {lumen.circularity:.2f} here, "
        f"{lumen.free_circularity:.2f} beside; short by long axis {lumen.axis_ratio:.2f} here, "
        f"{lumen.free_axis_ratio:.2f} beside."
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
