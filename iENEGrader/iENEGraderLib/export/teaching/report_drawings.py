"""Key images and maps of a case for its report, with all that is drawn over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.report_content import ReportDrawing
from iENEGraderLib.export.teaching.case_views import case_views, drawn_nodes
from iENEGraderLib.export.teaching.key_images import annotated_svg, key_images_of, with_picture
from iENEGraderLib.export.teaching.map_panels import map_panels_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.export.job.case_map import CaseMap
    from iENEGraderLib.export.teaching.content import KeyImage, Overlay, Picture
    from iENEGraderLib.export.teaching.key_images import NodeViews
    from iENEGraderLib.measure.case.segment_matching import MatchedSegments
    from iENEGraderLib.reading import Reading


def report_drawings(
    reading: Reading, image: Image, segments: MatchedSegments, maps: Sequence[CaseMap] = ()
) -> tuple[ReportDrawing, ...]:
    """Return two sections through each node that has a segment, and a picture of each map in the first of them.

    Parameters
    ----------
    segments : on the grid of the image, matched with the reading.
    maps : in the space of the image.
    """
    views = case_views(image, reading, drawn_nodes(image, segments.segment_of), segments.anatomy)
    return tuple(each for view in views for each in _of_node(image, view, maps))


def _of_node(image: Image, view: NodeViews, maps: Sequence[CaseMap]) -> Iterator[ReportDrawing]:
    for key_image in key_images_of(image, view):
        svg = _drawn(key_image.clean, key_image.overlay)
        yield ReportDrawing(view.node.id, key_image.title, _words(key_image), svg)
    for panel in map_panels_of(image, view, maps):
        if panel.overlay is not None:
            yield ReportDrawing(view.node.id, panel.title, panel.caption, _drawn(panel.picture, panel.overlay))


def _words(image: KeyImage) -> str:
    return f"{image.caption} Marked: {image.answer}." if image.answer else image.caption


def _drawn(picture: Picture, overlay: Overlay) -> str:
    return with_picture(picture, annotated_svg(picture, overlay))
