"""Curves in the report: the mean of each segment with its fit, and the arterial curve with its quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.drawing.plot import Axis, Mark, Series, line_plot
from HeadNeckNodesLib.html.markup import Markup, bullets, tag

from hnn.perfusion.map_codes import map_code
from hnn.perfusion.report.pictures import anatomy_figure, planned_slice
from hnn.perfusion.report.tables import SHOWN
from hnn.perfusion.report.values import with_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

MOST_CURVES = 12
TIME = "time from the first frame (s)"


def curves_section(study: FittedStudy, regions: Sequence[Region]) -> Markup:
    """Return a plot for each segment; nothing without segments."""
    drawn = [region for region in regions if region.mean is not None]
    if not drawn:
        return Markup("")
    left = len(drawn) - MOST_CURVES
    more = tag("p", f"{left} more segments are in fit.json.", class_="aside") if left > 0 else Markup("")
    return tag(
        "section",
        tag("h2", "Curves of the segments", id="curves"),
        tag(
            "p",
            "Mean concentration of the voxels with a curve, and the model fitted to that mean; ± is the 95 % interval.",
            class_="aside",
        ),
        tag("div", *(_curve(study, region) for region in drawn[:MOST_CURVES]), class_="figures"),
        more,
        aria_labelledby="curves",
    )


def _curve(study: FittedStudy, region: Region) -> Markup:
    mean = region.mean
    assert mean is not None
    time_s = study.inputs.dynamic.time_s
    series = (
        Series(time_s, mean.mean_mM, f"mean of {mean.voxels} voxels", svg.BLUE, Mark.POINTS),
        Series(time_s, mean.fit.curve_mM, "fit", svg.ORANGE),
    )
    plot = line_plot(series, Axis(TIME, low=0.0), Axis("concentration (mM)"), region.segment.name)
    said = [_said(region, name) for name in SHOWN if name in study.kinetic.named()]
    return tag("figure", plot, tag("figcaption", ", ".join(filter(None, said))))


def _said(region: Region, name: str) -> str:
    assert region.mean is not None
    fit, one = region.mean.fit, region.of(name)
    value = fit.value(name)
    if value is None or one is None:
        return ""
    return f"{map_code(name).symbol} {with_unit(value, one.kind.unit, fit.half_width(name))}"


def aif_section(study: FittedStudy) -> Markup:
    """Return the arterial curve, where it comes from, and its quality."""
    found = study.arterial
    last = float(study.inputs.dynamic.time_s[-1])
    fine = found.time_s <= last
    series = [Series(found.time_s[fine], found.aif_mM[fine], "as used, fine", svg.ORANGE)]
    if found.sampled_s is not None and found.sampled_mM is not None:
        series.insert(0, Series(found.sampled_s, found.sampled_mM, "samples", svg.BLUE, Mark.POINTS))
    plot = line_plot(series, Axis(TIME, low=0.0, high=last), Axis("plasma concentration (mM)"), "Arterial curve")
    figures = [tag("figure", plot)]
    if found.voxels is not None:
        plan = planned_slice(study.inputs.dynamic.geometry, found.voxels)
        count = np.count_nonzero(found.voxels)
        title = f"Artery: {count} voxel{'' if count == 1 else 's'}, slice {plan.k + 1}"
        figures.append(tag("figure", anatomy_figure(study, plan, [found.voxels], title)))
    return tag(
        "section",
        tag("h2", "Arterial curve", id="aif"),
        tag("p", f"{found.words[:1].upper()}{found.words[1:]}."),
        tag("div", *figures, class_="maps"),
        bullets(_quality(study)),
        aria_labelledby="aif",
    )


def _quality(study: FittedStudy) -> list[str]:
    q = study.arterial.quality
    lines = [f"peak {q.peak_mM:.2f} mM at {q.peak_time_s:.1f} s, arrival at {study.arterial.arrival_s:.1f} s"]
    if q.fwhm_s is not None:
        lines.append(f"first pass {q.fwhm_s:.1f} s wide at half height, {q.samples_above_half} samples in it")
    lines.append(f"{q.tail_mM:.2f} mM at the end")
    if q.baseline_sd_share is not None:
        lines.append(f"noise before arrival {q.baseline_sd_share:.1%} of the peak")
    return lines
