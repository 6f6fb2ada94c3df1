"""Spikes of soft tissue from a node into fat, and stranding of the fat round it."""

from iENEGraderLib.measure.spikes.candidate import Irregularity, SpikeCandidate, SpikeKind, SpikeSurvey
from iENEGraderLib.measure.spikes.stranding import Stranding, stranding
from iENEGraderLib.measure.spikes.survey import find_spikes, spikes_not_assessable

__all__ = [
    "Irregularity",
    "SpikeCandidate",
    "SpikeKind",
    "SpikeSurvey",
    "Stranding",
    "find_spikes",
    "spikes_not_assessable",
    "stranding",
]
