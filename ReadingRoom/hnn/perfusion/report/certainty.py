"""How well single voxels tell their values, in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.html.markup import Markup, tag
from PWIProtocolLib.mapping.intervals import MEANING
from PWIProtocolLib.report.plain_table import plain_table

from hnn.perfusion.quality import enhancing
from hnn.perfusion.report.maps_section import shown_slice
from hnn.perfusion.report.pictures import width_figure
from hnn.perfusion.report.tables import SHOWN, map_heading
from hnn.perfusion.report.values import share_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

    Indices = NDArray[np.intp]

ENHANCING = "all voxels that enhance"
NEARLY_ALL = 0.995
FIRST = 2
"""Maps that are shown at once; the others are folded."""


def intervals_section(study: FittedStudy, regions: Sequence[Region]) -> Markup:
    """Return median half widths of segments and maps of half widths; nothing when they were not asked for."""
    intervals = study.intervals
    if intervals is None:
        return Markup("")
    names = [name for name in SHOWN if name in intervals.half_widths]
    parts = [(region.segment.name, region.index) for region in regions] or [
        (ENHANCING, np.flatnonzero(enhancing(study)))
    ]
    rows = [[name, *(_cell(study, each, index) for each in names)] for name, index in parts]
    plan, masks = shown_slice(study, regions)
    figures = [tag("figure", width_figure(study, name, intervals.half_widths[name], plan, masks)) for name in names]
    folded = tag(
        "details", tag("summary", "half widths of the other maps"), tag("div", *figures[FIRST:], class_="maps")
    )
    return tag(
        "section",
        tag("h2", "Certainty of single voxels", id="certainty"),
        tag("p", MEANING, class_="aside"),
        tag("p", "Median half width over the voxels, and as a share of the median value."),
        tag(
            "div", plain_table(["segment", *map(map_heading, names)], rows, [False] * len(rows)), class_="regions wide"
        ),
        tag("div", *figures[:FIRST], class_="maps"),
        folded if figures[FIRST:] else Markup(""),
        aria_labelledby="certainty",
    )


def _cell(study: FittedStudy, name: str, index: Indices) -> str:
    assert study.intervals is not None
    width = study.intervals.median(name, index)
    if width is None:
        return "no interval"
    values = study.named()[name][index]
    middle = abs(float(np.nanmedian(values)))
    valued = study.intervals.valued(name, index) / max(len(index), 1)
    notes = [f"{share_words(width / middle)} of the value"] if middle > 0 else []
    notes += [f"in {valued:.0%} of the voxels"] if valued < NEARLY_ALL else []
    return tag("span", f"± {width:.2g} ", tag("span", ", ".join(notes), class_="spread"))
