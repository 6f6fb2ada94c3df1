"""Coalescence of lymph nodes: evidence for each of its three criteria, all needed."""

from iENEGraderLib.measure.coalescence.criteria import Bodies, Coalescence, Convexity, Notch, Separability
from iENEGraderLib.measure.coalescence.measuring import coalescence

__all__ = ["Bodies", "Coalescence", "Convexity", "Notch", "Separability", "coalescence"]
