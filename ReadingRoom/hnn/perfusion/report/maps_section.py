"""The maps over anatomy in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.html.markup import Markup, tag
from PWIProtocolLib.kinetics.aif_detection import InputKind

from hnn.perfusion.quality import LEAST_R2, enhancing
from hnn.perfusion.report.pictures import map_figure, planned_slice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region
    from hnn.perfusion.report.pictures import SlicePlan

FIRST = ("ktrans_per_min", "ve", "vp", "kep_per_min", "fp_ml_100ml_min", "ps_ml_100ml_min")
FOLDED = ("delay_s", "r2", "iauc60", "iauc90", "time_to_peak_s", "relative_enhancement", "wash_in_per_min",
          "wash_out_per_min", "t1_s")  # fmt: skip


def maps_section(study: FittedStudy, regions: Sequence[Region]) -> Markup:
    """Return maps of the slice with most of the segments, or with most enhancement."""
    geometry = study.inputs.dynamic.geometry
    plan, masks = shown_slice(study, regions)
    names = set(study.named())

    def figures(wanted: Sequence[str]) -> Markup:
        drawn = [tag("figure", map_figure(study, name, plan, masks)) for name in wanted if name in names]
        return tag("div", *drawn, class_="maps")

    chosen = "most of the segments, outlined" if masks else "most enhancement"
    when = "before" if study.inputs.kind is InputKind.SIGNAL else "after"
    whose = "the segments" if masks else "tissue that the model explains well"
    where = (
        f"Slice {plan.k + 1} of {geometry.size_ijk[2]}, the one with {chosen}, over the mean of the frames {when} "
        "contrast. Voxels that do not enhance above noise, have no value, or whose curve the model explains by less "
        f"than {LEAST_R2:.0%} (R²) show the anatomy alone; the files hold all. "
        f"Colours end at the 98th percentile of {whose}; equal steps of value look equal."
    )
    return tag(
        "section",
        tag("h2", "Maps", id="maps"),
        tag("p", where, class_="aside"),
        figures(FIRST),
        tag("details", tag("summary", "fit, delay and maps without a model"), figures(FOLDED)),
        aria_labelledby="maps",
    )


def shown_slice(study: FittedStudy, regions: Sequence[Region]) -> tuple[SlicePlan, list[NDArray[np.bool_]]]:
    """Return the slice that the report shows, and the masks [k, j, i] of the segments that are outlined in it."""
    masks = [_mask(study, region) for region in regions]
    weight = np.sum(masks, axis=0) if masks else study.on_grid(enhancing(study))
    return planned_slice(study.inputs.dynamic.geometry, weight), masks


def _mask(study: FittedStudy, region: Region) -> NDArray[np.bool_]:
    mask = np.zeros(study.kinetic.status.size, bool)
    mask[region.index] = True
    return study.on_grid(mask)
