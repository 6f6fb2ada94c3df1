"""Contact of a node with a vessel: the angle in planes orthogonal to the vessel, lengths, and the unrolled wall."""

from iENEGraderLib.measure.contact.classes import ContactClass, NotAssessable
from iENEGraderLib.measure.contact.live_section import (
    LiveSection,
    SectionArc,
    arc_in_section,
    section_of_branch,
    section_through,
)
from iENEGraderLib.measure.contact.lumen import LumenChange
from iENEGraderLib.measure.contact.measuring import (
    PairContact,
    all_contacts,
    contact_angle,
    contact_on_grid,
    contact_with_model,
)
from iENEGraderLib.measure.contact.profile import BifurcationContact, ContactMap, ContactProfile, ContactSections
from iENEGraderLib.measure.contact.three_point_angle import three_point_angle
from iENEGraderLib.measure.contact.vessel_model import VesselModel, vessel_model

__all__ = [
    "BifurcationContact",
    "ContactClass",
    "ContactMap",
    "ContactProfile",
    "ContactSections",
    "LiveSection",
    "LumenChange",
    "NotAssessable",
    "PairContact",
    "SectionArc",
    "VesselModel",
    "all_contacts",
    "arc_in_section",
    "contact_angle",
    "contact_on_grid",
    "contact_with_model",
    "section_of_branch",
    "section_through",
    "three_point_angle",
    "vessel_model",
]
