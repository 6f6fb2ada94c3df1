"""Key images and the overview of a case, drawn by Slicer's own views without a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hnn.headless import SliceView, ThreeDView
from iENEGraderLib.export.report_content import ReportImage
from iENEGraderLib.export.words import dimension, node_place
from iENEGraderLib.scene.key_images import NodeCaption, key_image, lengthwise_orientation, only_markups_of
from iENEGraderLib.scene.overview import overview_image
from iENEGraderLib.scene.picture import png_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from iENEGraderLib.measure.size import NodeSize
    from iENEGraderLib.reading import Node, Reading
    from iENEGraderLib.rules import Assessment
    from iENEGraderLib.scene.case_scene import CaseScene

PANEL_SIZE = (512, 512)
OVERVIEW_SIZE = (900, 700)


@dataclass(frozen=True)
class NamedImage:
    """A picture with the name of its file."""

    file_name: str
    image: ReportImage


@dataclass(frozen=True)
class CasePictures:
    """One key image for each measured node, and the overview in 3D."""

    key_images: tuple[NamedImage, ...]
    overview: NamedImage

    @property
    def all(self) -> tuple[NamedImage, ...]:
        """All pictures, the overview last."""
        return (*self.key_images, self.overview)


def case_pictures(
    scene: CaseScene,
    reading: Reading,
    assessment: Assessment,
    sizes: Mapping[str, NodeSize],
    when_views_are_set: Callable[[], None],
) -> CasePictures:
    """Draw all pictures of a case.

    Parameters
    ----------
    when_views_are_set : called while the views show the case, for saving a scene that opens with the same views.
    """
    axial = SliceView("Red", "Axial", PANEL_SIZE)
    lengthwise = SliceView("Green", "Coronal", PANEL_SIZE)
    try:
        nodes = [node for node in reading.nodes or () if node.id in sizes]
        key_images = tuple(
            _key_image(number, node, scene, assessment, sizes[node.id], (axial, lengthwise))
            for number, node in enumerate(nodes, start=1)
        )
        when_views_are_set()
    finally:
        axial.close()
        lengthwise.close()
    view = ThreeDView("1", OVERVIEW_SIZE)
    try:
        picture = overview_image(view, scene, [(node.id, _middle(sizes[node.id])) for node in nodes])
    finally:
        view.close()
    caption = "All nodes with vessels, jaw, hyoid and larynx, seen from the front."
    overview = NamedImage("overview-3d.png", ReportImage("Overview", caption, png_bytes(picture)))
    return CasePictures(key_images, overview)


def _key_image(
    number: int,
    node: Node,
    scene: CaseScene,
    assessment: Assessment,
    size: NodeSize,
    views: tuple[SliceView, SliceView],
) -> NamedImage:
    title = f"{node.id}  {node_place(node)}"
    facts = f"{dimension(node)}, grade {assessment.node(node.id).grade}"
    views[1].node.SetOrientation(lengthwise_orientation(size.ends_ras_mm))
    with only_markups_of(node.id, scene.measurements):
        picture = key_image(
            views, scene.volume, _middle(size), size.greatest_dimension_mm, NodeCaption(title, facts)
        )
    planes = " and ".join(view.node.GetOrientation().lower() for view in views)
    image = ReportImage(title, f"{facts}. {planes.capitalize()} through its middle.", png_bytes(picture))
    return NamedImage(f"key-N{number}.png", image)


def _middle(size: NodeSize) -> tuple[float, float, float]:
    right, anterior, superior = np.mean(size.ends_ras_mm, axis=0)
    return float(right), float(anterior), float(superior)
