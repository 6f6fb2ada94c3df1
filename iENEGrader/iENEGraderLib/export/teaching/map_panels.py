"""Maps of spectral CT and of perfusion in the section of a node's key image, over anatomy, with their unit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.drawing.plot import round_ticks
from HeadNeckNodesLib.html.markup import Markup, joined

from iENEGraderLib.export.teaching.content import Overlay, Panel
from iENEGraderLib.export.teaching.map_look import look_of
from iENEGraderLib.export.teaching.pictures import jpeg_picture
from iENEGraderLib.export.teaching.section_view import PIXELS, WHITE
from iENEGraderLib.export.teaching.stack import sampled
from iENEGraderLib.export.words import evidence_value
from iENEGraderLib.measure.map_values import map_value
from iENEGraderLib.measure.regions import core_of
from iENEGraderLib.reading import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.export.job.case_map import CaseMap
    from iENEGraderLib.export.teaching.key_images import NodeViews
    from iENEGraderLib.export.teaching.map_look import MapLook

QUALITY = 88
BAR = svg.Rect(PIXELS - 26.0, 48.0, 16.0, 150.0)
BAR_BOX = svg.Rect(PIXELS - 92.0, 6.0, 88.0, 204.0)
BOX_SHADE = 0.4
MOST_TICKS = 7


def map_panels_of(image: Image, views: NodeViews, maps: Sequence[CaseMap]) -> tuple[Panel, ...]:
    """Return a picture of each map in the axial section of a node's key image.

    Parameters
    ----------
    image : what the maps lie over.
    maps : in the frame of reference of the image; NaN where they have no value.
    """
    grey, _ = views.axial.grey(image)
    return tuple(_panel(grey, views, each) for each in maps)


def _panel(grey: NDArray[np.uint8], views: NodeViews, found: CaseMap) -> Panel:
    plain = look_of(found)
    values = plain.factor * sampled(found.image, views.axial.grid_ras_mm, outside=np.nan)
    look = plain.fitted(values)
    title = f"{look.title} ({look.warning})" if look.warning else look.title
    return Panel(
        title=f"{views.title}: {title}",
        caption=_caption(views, found, look),
        picture=jpeg_picture(_with_bar(_fused(grey, values, look), look), QUALITY),
        overlay=Overlay(joined([views.axial.frame(), _scale(look)]), views.places(views.axial), Markup("")),
        node_id=views.node.id,
        is_perfusion=found.quantity.is_perfusion,
    )


def _fused(grey: NDArray[np.uint8], values: NDArray[np.float32], look: MapLook) -> NDArray[np.uint8]:
    """Lay the colours of a map over anatomy."""
    share = look.share(values)
    cover = look.opacity(share)[..., None]
    mixed = (1 - cover) * grey[..., None] + cover * 255 * look.rgb(np.nan_to_num(share))
    fused: NDArray[np.uint8] = mixed.round().astype(np.uint8)
    return fused


def _with_bar(pixels: NDArray[np.uint8], look: MapLook) -> NDArray[np.uint8]:
    """Draw the colours into the picture itself, so that they stay with it wherever it goes."""
    shown = pixels.copy()
    shaded = shown[_box(BAR_BOX)]
    shaded[:] = (BOX_SHADE * shaded).astype(np.uint8)
    rows, columns, _ = shown[_box(BAR)].shape
    share = np.repeat(np.linspace(1.0, 0.0, rows)[:, None], columns, axis=1)
    shown[_box(BAR)] = (255 * look.rgb(share)).round().astype(np.uint8)
    return shown


def _box(where: svg.Rect) -> tuple[slice, slice]:
    x, y = round(where.x), round(where.y)
    return slice(y, y + round(where.height)), slice(x, x + round(where.width))


def _scale(look: MapLook) -> Markup:
    """Return title, unit and numbers of the colour bar."""
    far = BAR.x + BAR.width
    parts = [
        svg.text(far, 22, look.title.split()[0], size=14, anchor="end", colour=WHITE, on_picture=True),
        svg.text(far, 39, look.unit, size=13, anchor="end", colour=WHITE, on_picture=True),
    ]
    for tick in _ticks(look):
        y = BAR.y + BAR.height * (1 - tick / look.high)
        parts.append(svg.line([(BAR.x - 5, y), (BAR.x, y)], WHITE, 1.5))
        parts.append(svg.text(BAR.x - 8, y + 5, f"{tick:g}", size=13, anchor="end", colour=WHITE, on_picture=True))
    return joined(parts)


def _ticks(look: MapLook) -> tuple[float, ...]:
    ticks = round_ticks(0.0, look.high)
    return ticks if len(ticks) <= MOST_TICKS else ticks[::2]


def _caption(views: NodeViews, found: CaseMap, look: MapLook) -> str:
    """Return the value of the node with its uncertainty and method, and where the section lies."""
    value = _value_of_node(views, found, look)
    said = "no value of the node" if value is None else _said(value)
    method = f" ({value.method})" if value is not None and value.method else ""
    computed = f"; map computed by: {found.method}" if found.method else ""
    ends = f"colours from 0 to {look.high:g} {look.unit}"
    return f"{views.node.id}: {said}{method}. {views.axial.words}; {ends}{computed}."


def _said(value: Evidence) -> str:
    """Return a value, with what is known of its uncertainty even where that is below the digits that are shown."""
    said = evidence_value(value)
    return said if value.uncertainty is None or "\u00b1" in said else f"{said}, uncertain by less than its last digit"


def _value_of_node(views: NodeViews, found: CaseMap, look: MapLook) -> Evidence | None:
    """Return what the reading says of a map in a node, else what the map itself says on the grid of the segment."""
    read = next((each for each in views.node.evidence if each.kind == look.evidence and each.value is not None), None)
    segment = views.own.soft
    if read is not None or not found.is_on(segment.geometry):
        return read
    core = core_of(segment.segment)
    known = core.mask & np.isfinite(found.image.voxels[core.box])
    left_out = 1.0 - known.sum() / max(int(core.mask.sum()), 1)
    words = f"{core.words}, {100 * left_out:.0f} % without a value left out" if left_out > 0 else core.words
    value = map_value(found.image, replace(core, mask=known, words=words), look.evidence, look.unit, look.title)
    if value is None:
        return None
    uncertainty = None if np.isnan(value.uncertainty) else look.factor * value.uncertainty
    method = value.method.removeprefix(f"{look.title}; ")
    return Evidence(look.evidence, None, look.factor * value.mean, look.unit, uncertainty, method)
