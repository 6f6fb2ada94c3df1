"""Figures for reports and documentation, as SVG that needs no other file."""

from HeadNeckNodesLib.drawing.plot import Axis, Gap, Level, Mark, Series, heat_map, line_plot

from iENEGraderLib.export.figures.coalescence import notch_figure
from iENEGraderLib.export.figures.cross_section import cross_section_figure
from iENEGraderLib.export.figures.spikes import spikes_figure
from iENEGraderLib.export.figures.vein import vein_profile_figure
from iENEGraderLib.export.figures.vessel_length import angle_along_vessel_figure, contact_map_figure

__all__ = [
    "Axis",
    "Gap",
    "Level",
    "Mark",
    "Series",
    "angle_along_vessel_figure",
    "contact_map_figure",
    "cross_section_figure",
    "heat_map",
    "line_plot",
    "notch_figure",
    "spikes_figure",
    "vein_profile_figure",
]
