"""Every node against the vessels beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.records.record_types import ContactRecord, Outcome
from iENEGraderLib.measure.contact import contact_with_model, vessel_model
from iENEGraderLib.measure.contact.classes import ENCASEMENT_DEG, HALF_DEG, MOST_REACH_MM
from iENEGraderLib.measure.contact.reach import part_near
from iENEGraderLib.measure.evidence_class import EvidenceClass, class_of
from iENEGraderLib.measure.fat_plane import fat_plane_between

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.measure.case.setting import Setting
    from iENEGraderLib.measure.contact import ContactProfile, VesselModel
    from iENEGraderLib.measure.fat_plane import FatPlane
    from iENEGraderLib.measure.preferences import Preference

ARTERY_WALL, VEIN_WALL = "contact.artery_wall_mm", "contact.vein_wall_mm"


def contact_records(setting: Setting) -> tuple[ContactRecord, ...]:
    """Measure every node against every vessel within reach; each vessel is traced once, where nodes lie beside it."""
    found = []
    for vessel in setting.vessels:
        beside = setting.nodes_within(vessel, MOST_REACH_MM)
        if not beside:
            continue
        parts = [setting.nearness.part(setting.nodes[name]) for name in beside]
        piece = part_near(setting.nearness.part(vessel), parts, setting.segmentation.geometry)
        traced = setting.attempts.outcome(
            f"course of {vessel.name}", partial(vessel_model, piece, setting.segmentation.geometry)
        )
        if traced.result is not None:
            pairs = _OneVessel(setting, vessel, traced.result)
            found += [record for name in beside if (record := pairs.record(name)) is not None]
    return tuple(found)


def against_encasement(profile: ContactProfile) -> tuple[EvidenceClass, str]:
    """Compare a contact with the criterion of encasement, and say how in a sentence.

    Contact of at least 270 degrees with a major artery is encasement, below 180 degrees it speaks against invasion, and
    what lies between is indeterminate (head and neck consensus criteria).
    """
    if profile.max_arc_deg is None or profile.band_deg is None:
        return EvidenceClass.NOT_ASSESSABLE, str(profile.reason)
    if not profile.max_arc_deg:
        return EvidenceClass.NOT_MET, f"no contact: no wall lies within {profile.tolerance_mm:g} mm of the node"
    contact = f"the contact of {profile.max_arc_deg:.0f} ± {profile.band_deg:.0f} degrees"
    half, encased = (class_of(profile.max_arc_deg, each, profile.band_deg) for each in (HALF_DEG, ENCASEMENT_DEG))
    if encased is EvidenceClass.MET:
        return encased, f"{contact} reaches the {ENCASEMENT_DEG:g} degrees of encasement"
    if half is EvidenceClass.NOT_MET:
        return half, f"{contact} stays below {HALF_DEG:g} degrees, which speaks against invasion"
    if (half, encased) == (EvidenceClass.MET, EvidenceClass.NOT_MET):
        between = f"lies between {HALF_DEG:g} and {ENCASEMENT_DEG:g} degrees, which is for a board to discuss"
        return EvidenceClass.INDETERMINATE, f"{contact} {between}"
    crossed = HALF_DEG if half is EvidenceClass.INDETERMINATE else ENCASEMENT_DEG
    return EvidenceClass.INDETERMINATE, f"{contact} cannot be told from {crossed:g} degrees"


@dataclass(frozen=True, eq=False)
class _OneVessel:
    """A traced vessel, to be measured against several nodes."""

    setting: Setting
    vessel: Segment
    model: VesselModel

    @property
    def _wall(self) -> Preference:
        name = VEIN_WALL if self.setting.roles.is_vein(self.vessel) else ARTERY_WALL
        return self.setting.preferences.named(name)

    def record(self, node_id: str) -> ContactRecord | None:
        """Measure one node; None when that fails, which is then told in a warning."""
        setting, node = self.setting, self.setting.nodes[node_id]
        measure = partial(
            contact_with_model,
            self.model,
            setting.nearness.part(node),
            wall_mm=self._wall.value,
            preferences=setting.preferences,
        )
        profile = setting.attempts.outcome(f"contact of {node_id} with {self.vessel.name}", measure).result
        if profile is None:
            return None
        scope = setting.roles.encasement_scope(self.vessel, profile.place_ras_mm)
        evidence_class, reason = against_encasement(profile) if scope.counts else (None, scope.reason)
        return ContactRecord(
            node_id=node_id,
            structure=setting.roles.name_of(self.vessel),
            profile=profile,
            counts_for_encasement=scope.counts,
            why_it_counts=scope.reason,
            evidence_class=evidence_class,
            reason=reason,
            fat_plane=self._fat_plane(node_id),
            preferences=(*profile.preferences, self._wall),
        )

    def _fat_plane(self, node_id: str) -> Outcome[FatPlane]:
        scale = self.setting.scale(node_id)
        if scale.result is None:
            return Outcome(None, scale.reason)
        typical, node, other = scale.result, self.setting.nodes[node_id], self.setting.nearness.part(self.vessel)
        part = self.setting.nearness.part(node)
        return self.setting.with_fat(
            f"fat plane between {node_id} and {self.vessel.name}",
            lambda view: fat_plane_between(view.image, part, other, typical, self.setting.preferences),
        )
