"""First outlines of a node, for the reader to correct: grown from a seed, or filled in between drawn curves."""

from iENEGraderLib.segmenting.curves import mask_of_curves
from iENEGraderLib.segmenting.growing import grow_from_seed

__all__ = ["grow_from_seed", "mask_of_curves"]
