"""Iodine of nodes against muscle and vessels, in one line for each node. No Qt, no Slicer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.panel.spectral.regions import DRAWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.panel.spectral.region_values import RegionValues
    from iENEGraderLib.spectral import RoiValue

LEAST_REFERENCE_MG_ML = 0.5
"""Ours: a smaller concentration is too uncertain to divide by."""


def ratio(node: RoiValue, reference: RoiValue) -> tuple[float, float]:
    """Return one value over another, and its standard uncertainty when the two are independent."""
    value = node.mean / reference.mean
    return value, float(np.hypot(node.uncertainty, value * reference.uncertainty) / abs(reference.mean))


def comparison_words(values: Sequence[RegionValues]) -> tuple[str, ...]:
    """Return for each node its iodine as a share of that of each reference, and the difference where that has none.

    Parameters
    ----------
    values : of nodes, and of muscle and vessels that they are compared with; drawn regions are left out.
    """
    references = [each for each in values if not each.region.node_id and each.region.words != DRAWN]
    if not references:
        return ()
    return tuple(
        f"Iodine of {each.region.name}: {', '.join(_against(each, one) for one in references)}"
        for each in values
        if each.region.node_id
    )


def _against(node: RegionValues, reference: RegionValues) -> str:
    name = reference.region.name
    if reference.iodine.mean < LEAST_REFERENCE_MG_ML:
        error = np.hypot(node.iodine.uncertainty, reference.iodine.uncertainty)
        return f"{node.iodine.mean - reference.iodine.mean:+.2f} ± {error:.2f} mg/mL against {name}"
    value, error = ratio(node.iodine, reference.iodine)
    return f"{value:.2f} ± {max(error, 0.01):.2f} of {name}"
