"""Which model explains the voxels best, in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, tag
from PWIProtocolLib.mapping.model_comparison import MEANING
from PWIProtocolLib.report.plain_table import plain_table

from hnn.perfusion.best_model import ALL_VOXELS, COLOURS, model_name
from hnn.perfusion.report.maps_section import shown_slice
from hnn.perfusion.report.pictures import labels_figure
from hnn.perfusion.report.values import share_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PWIProtocolLib.mapping import BestModels

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region


def models_section(study: FittedStudy, regions: Sequence[Region]) -> Markup:
    """Return the map of the best models with its legend, and their shares; nothing when none were compared."""
    best = study.best_models
    if best is None:
        return Markup("")
    plan, masks = shown_slice(study, regions)
    parts = [*((region.segment.name, region.index) for region in regions), (ALL_VOXELS, None)]
    rows = [_row(best, name, index) for name, index in parts]
    headings = ["segment", "compared voxels", *map(model_name, best.models)]
    legend = [
        tag("li", tag("span", "", class_="swatch", style=f"background:{colour}"), f" {model_name(model)}")
        for model, colour in zip(best.models, COLOURS, strict=False)
    ]
    caption = tag("figcaption", tag("ul", *legend, class_="legend"))
    figure = tag("figure", labels_figure(study, best.labels, COLOURS, plan, masks), caption, class_="narrow")
    return tag(
        "section",
        tag("h2", "Best model", id="models"),
        tag("p", MEANING, class_="aside"),
        tag("div", plain_table(headings, rows, [False] * len(rows)), class_="regions wide"),
        tag("div", figure, class_="maps"),
        aria_labelledby="models",
    )


def _row(best: BestModels, name: str, index: NDArray[np.intp] | None) -> list[str]:
    known = best.compared(index)
    shares = [share_words(each.share) if known else "none" for each in best.shares(index)]
    return [name, str(known), *shares]
