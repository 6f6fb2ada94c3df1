"""What the search for spikes finds: candidates with their places, and what they amount to as evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import Vector

    from iENEGraderLib.measure.evidence_class import EvidenceClass
    from iENEGraderLib.measure.preferences import Preference


class SpikeKind(StrEnum):
    """What a projection of soft tissue from a node looks like."""

    SPIKE = "spike"
    """Narrow, long enough, ends in fat: offered to the reader."""
    BULGE = "bulge"
    """Broad for its length: part of an irregular margin."""
    SHORT = "short"
    STRAND = "strand"
    """Reaches another structure or goes on beyond the search: a tether or a vessel as well as a spike."""
    VESSEL_LIKE = "vessel_like"
    """A spike or strand clearly brighter than the node."""
    UNCERTAIN = "uncertain"
    """Length within its uncertainty of the threshold, or too little fat round the tip."""


@dataclass(frozen=True)
class SpikeCandidate:
    """One projection of soft tissue from a node into fat.

    Attributes
    ----------
    kind : what it looks like.
    base_ras_mm, tip_ras_mm : where its axis leaves the core of the node, and its end.
    length_mm : between the two; of a strand, as far as it was followed.
    length_uncertainty_mm : plus or minus.
    base_width_mm, half_width_mm : diameters of circles of the same cross-section at the base and half-way.
    mean_value : mean along the middle of its axis, in the unit of the survey. Blur lowers that of thin spikes.
    enhancement : ``mean_value`` minus the median of the node's rim.
    reason : in words, why it is of this kind.
    """

    kind: SpikeKind
    base_ras_mm: Vector
    tip_ras_mm: Vector
    length_mm: float
    length_uncertainty_mm: float
    base_width_mm: float
    half_width_mm: float
    mean_value: float
    enhancement: float
    reason: str


@dataclass(frozen=True)
class Irregularity:
    """How rough the margin is. It is reported and never counts as a spike.

    Attributes
    ----------
    area_ratio : surface of the soft tissue of the node over that of its core; 1 for a smooth margin. Spikes add to it.
    roughness_mm : root mean square distance of the surface of the soft tissue from that of the core.
    """

    area_ratio: float
    roughness_mm: float


@dataclass(frozen=True)
class SpikeSurvey:
    """All that was found round one node.

    Attributes
    ----------
    evidence_class : ``MET`` says that at least one spike is offered, no more: whether it counts is for the reader.
    reason : why it is of this class.
    candidates : the longest first, of every kind.
    irregularity : of the margin; ``None`` when not assessable.
    fat_border_share : share of the surroundings (1 to 3 mm from the label) that is fat; elsewhere no spike can be seen.
    unit : UCUM code of values.
    preferences : thresholds that were used.
    warnings : what to know before believing it.
    """

    evidence_class: EvidenceClass
    reason: str
    candidates: tuple[SpikeCandidate, ...] = ()
    irregularity: Irregularity | None = None
    fat_border_share: float | None = None
    unit: str = ""
    preferences: tuple[Preference, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def spikes(self) -> tuple[SpikeCandidate, ...]:
        """The candidates offered as spikes."""
        return self.of_kind(SpikeKind.SPIKE)

    def of_kind(self, *kinds: SpikeKind) -> tuple[SpikeCandidate, ...]:
        """Return the candidates of some kinds."""
        return tuple(each for each in self.candidates if each.kind in kinds)
