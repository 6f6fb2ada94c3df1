"""Records of a measured case: one for each node, and one for each pair of a node and what lies beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.anatomy.structures import Role
    from iENEGraderLib.measure.case.node_measurement import NodeMeasurement
    from iENEGraderLib.measure.coalescence import Coalescence
    from iENEGraderLib.measure.contact import ContactProfile
    from iENEGraderLib.measure.evidence_class import EvidenceClass
    from iENEGraderLib.measure.fat_plane import FatPlane
    from iENEGraderLib.measure.infiltration import Infiltration, NerveSigns, SkinInfiltration
    from iENEGraderLib.measure.map_values import MapValue
    from iENEGraderLib.measure.position.neck_level import LevelProposal
    from iENEGraderLib.measure.preferences import Preference
    from iENEGraderLib.measure.spikes import SpikeSurvey, Stranding
    from iENEGraderLib.measure.veins import VeinStatus

Result_co = TypeVar("Result_co", covariant=True)


@dataclass(frozen=True, eq=False)
class Outcome(Generic[Result_co]):
    """What one part of the measurements gave.

    Attributes
    ----------
    result : None when the part could not be measured.
    reason : why there is no result, in a sentence; empty when there is one.
    source : image or map that its values were taken from; empty for results of outlines alone.
    """

    result: Result_co | None
    reason: str = ""
    source: str = ""


@dataclass(frozen=True, eq=False)
class NodeRecord:
    """One node by itself.

    Attributes
    ----------
    node_id : name of the node in the results: its id in a reading, else the name of its segment.
    basics : size, side and height.
    map_values : means of spectral maps in the node and in its margin, where there are maps.
    """

    node_id: str
    segment: Segment
    basics: Outcome[NodeMeasurement]
    level: Outcome[LevelProposal]
    spikes: Outcome[SpikeSurvey]
    stranding: Outcome[Stranding]
    map_values: tuple[MapValue, ...] = ()


@dataclass(frozen=True, eq=False)
class ContactRecord:
    """A node and a vessel beside it.

    Attributes
    ----------
    structure : name of the vessel's segment.
    counts_for_encasement : the criterion of encasement asks for this vessel at this place.
    why_it_counts : why it counts, or does not, in a sentence.
    evidence_class : against the criterion of encasement; None when the vessel does not count.
    reason : how the class came about, in a sentence.
    fat_plane : between node and vessel.
    preferences : thresholds that were used.
    """

    node_id: str
    structure: str
    profile: ContactProfile
    counts_for_encasement: bool
    why_it_counts: str
    evidence_class: EvidenceClass | None
    reason: str
    fat_plane: Outcome[FatPlane]
    preferences: tuple[Preference, ...]


@dataclass(frozen=True, eq=False)
class VeinRecord:
    """One internal jugular vein against all nodes."""

    structure: str
    status: Outcome[VeinStatus]


@dataclass(frozen=True, eq=False)
class CoalescenceRecord:
    """Two nodes within reach of each other."""

    first: str
    second: str
    coalescence: Outcome[Coalescence]


@dataclass(frozen=True, eq=False)
class InfiltrationRecord:
    """A node and a muscle or gland beside it that it may have grown into."""

    node_id: str
    structure: str
    role: Role
    infiltration: Outcome[Infiltration]


@dataclass(frozen=True, eq=False)
class SkinRecord:
    """A node and the skin over it."""

    node_id: str
    skin: Outcome[SkinInfiltration]


@dataclass(frozen=True, eq=False)
class NerveRecord:
    """A node and a nerve beside it."""

    node_id: str
    structure: str
    signs: Outcome[NerveSigns]
