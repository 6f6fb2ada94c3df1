"""The arterial curve in Slicer's plot: as measured, as used, and a population average beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slicer.i18n import tr as _

from PWIProtocolLib.kinetics import population_aif, population_aif_info
from PWIProtocolLib.mapping.aif_edits import NO_EDITS
from PWIProtocolLib.scene.maps.curve_plot import Curve, CurvePlot

if TYPE_CHECKING:
    from PWIProtocolLib.mapping import Arterial

LINE, SAMPLES, MEASURED = "arterial plasma", "samples", "as measured"
LINE_COLOUR, SAMPLES_COLOUR = (0.85, 0.2, 0.2), (0.6, 0.3, 0.3)
MEASURED_COLOUR, COMPARED_COLOUR = (0.5, 0.5, 0.5), (0.25, 0.5, 0.8)


def draw_arterial(plot: CurvePlot, arterial: Arterial, compared: str) -> None:
    """Draw a curve.

    Parameters
    ----------
    compared : name of a population average to draw from the same arrival; empty for none.
    """
    curves = [Curve(LINE, arterial.time_s, arterial.aif_mM, LINE_COLOUR)]
    if arterial.used_s is not None and arterial.used_mM is not None:
        curves.append(Curve(SAMPLES, arterial.used_s, arterial.used_mM, SAMPLES_COLOUR, is_points=True))
    if arterial.sampled_s is not None and arterial.sampled_mM is not None and arterial.edits != NO_EDITS:
        curves.append(Curve(MEASURED, arterial.sampled_s, arterial.sampled_mM, MEASURED_COLOUR, is_crosses=True))
    if compared:
        published = population_aif(compared, arterial.time_s, arterial.origin.hematocrit, arterial.arrival_s)
        title = population_aif_info(compared).title
        curves.append(Curve(title, arterial.time_s, published, COMPARED_COLOUR))
    plot.show(_("Arterial plasma"), *curves)
