"""Measurements: masks and image in, numbers with place, uncertainty and class out; evidence, never a grade.

The parts are packages of their own: ``size``, ``position``, ``contact``, ``veins``, ``spikes``, ``coalescence``,
``infiltration``; ``case`` measures all of a case.
"""

from iENEGraderLib.measure.contact import ContactProfile, contact_angle
from iENEGraderLib.measure.evidence_class import EvidenceClass

__all__ = ["ContactProfile", "EvidenceClass", "contact_angle"]
