"""Size of lymph nodes."""

from iENEGraderLib.measure.size.node_size import NodeSize, node_size, section_axis, size_uncertainty_mm

__all__ = ["NodeSize", "node_size", "section_axis", "size_uncertainty_mm"]
