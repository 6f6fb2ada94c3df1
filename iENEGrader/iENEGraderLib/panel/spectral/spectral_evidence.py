"""Spectral values of nodes as evidence in the reading. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.map_values import SpectralKind
from iENEGraderLib.panel.spectral.region_values import RegionValues, values_of
from iENEGraderLib.panel.spectral.regions import margin_of, segment_of_node
from iENEGraderLib.reading import Evidence, Place
from iENEGraderLib.spectral import Materials

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from HeadNeckNodesLib.imaging.segmentation import Segmentation

    from iENEGraderLib.reading import Reading
    from iENEGraderLib.spectral import RoiValue, SpectralInput

DIGITS = 3


def node_evidence(
    data: SpectralInput,
    reading: Reading,
    segmentation: Segmentation,
    nodes: Sequence[RegionValues],
    materials: Materials = Materials.FAT_SOFT_IODINE,
) -> Mapping[str, tuple[Evidence, ...]]:
    """Return evidence by node: iodine, fat and HU inside, iodine and fat in the margin around where there is one.

    Parameters
    ----------
    nodes : values of regions that are nodes.
    materials : what iodine was told apart from, for the margins.
    """
    return {
        values.region.node_id: (*_inside(data, values), *_around(data, reading, segmentation, values, materials))
        for values in nodes
    }


def keep_spectral(
    rows: Mapping[str, Sequence[Evidence]], kinds: Collection[str] = tuple(SpectralKind)
) -> Callable[[Reading], Reading]:
    """Put spectral evidence into nodes in the place of what was there of these kinds."""

    def edit(reading: Reading) -> Reading:
        for node_id, added in rows.items():
            node = reading.node(node_id)
            kept = [each for each in node.evidence if each.kind not in kinds]
            reading = reading.with_node(replace(node, evidence=(*kept, *added)))
        return reading

    return edit


def _inside(data: SpectralInput, values: RegionValues) -> tuple[Evidence, ...]:
    rows = (
        (SpectralKind.IODINE, values.iodine),
        (SpectralKind.FAT, values.fat),
        (SpectralKind.LOW_HU, values.low),
        (SpectralKind.USUAL_HU, values.usual),
    )
    return tuple(_row(data, kind, value, values) for kind, value in rows)


def _around(
    data: SpectralInput, reading: Reading, segmentation: Segmentation, values: RegionValues, materials: Materials
) -> tuple[Evidence, ...]:
    node_id = values.region.node_id
    segment = segment_of_node(reading, segmentation, node_id)
    if segment is None:
        return ()
    region = margin_of(segment, segmentation.segments, segmentation.geometry, node_id)
    try:
        margin = values_of(data, region, materials)
    except InputError:
        return ()  # a node that lies between bone and vessels has no margin to be read
    rows = ((SpectralKind.MARGIN_IODINE, margin.iodine), (SpectralKind.MARGIN_FAT, margin.fat))
    return tuple(_row(data, kind, value, margin) for kind, value in rows)


def _row(data: SpectralInput, kind: SpectralKind, value: RoiValue, values: RegionValues) -> Evidence:
    uncertainty = None if np.isnan(value.uncertainty) else round(value.uncertainty, DIGITS)
    return Evidence(
        kind=kind,
        value=round(value.mean, DIGITS) + 0.0,
        unit=value.blend.unit,
        uncertainty=uncertainty,
        method=_method(data, value, values),
        place=_place(data, values) if kind is SpectralKind.IODINE else None,
    )


def _place(data: SpectralInput, values: RegionValues) -> Place:
    """Return the middle of a region; one row of several has it, so that the scene shows one point."""
    x, y, z = (round(float(part), 1) + 0.0 for part in values.region.place_ras_mm(data.geometry))
    return Place((x, y, z))


def _method(data: SpectralInput, value: RoiValue, values: RegionValues) -> str:
    names = " and ".join(channel.name for channel in data.channels)
    parts = [
        f"{value.blend.name} from {names}",
        f"mean of {values.sample.voxels} voxels, {values.region.words}",
        "standard uncertainty of the mean",
    ]
    if values.left_out > 0:
        parts.append(f"{100 * values.left_out:.0f} % left out as bone, plaque or metal")
    return "; ".join([*parts, *value.blend.warnings])
