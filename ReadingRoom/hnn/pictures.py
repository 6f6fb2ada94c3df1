"""Key images and the overview of a case, drawn by Slicer's own views without a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.scene.picture import png_bytes
from iENEGraderLib.export.report_content import ReportImage
from iENEGraderLib.export.words import dimension, node_place
from iENEGraderLib.scene.evidence_markups import evidence_label, evidence_with_place
from iENEGraderLib.scene.key_images import KeyImageSubject, key_image
from iENEGraderLib.scene.overview import overview_image
from iENEGraderLib.scene.spike_view import spike_picture

from hnn.headless.slice_view import SliceView
from hnn.headless.three_d_view import ThreeDView

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import numpy as np
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from iENEGraderLib.measure.size.node_size import NodeSize
    from iENEGraderLib.measure.spikes import SpikeCandidate
    from iENEGraderLib.reading import Node, Reading
    from iENEGraderLib.rules import Assessment
    from iENEGraderLib.scene.case_scene import CaseScene
    from numpy.typing import NDArray

PANEL_SIZE = (512, 512)
OVERVIEW_SIZE = (900, 700)
SPIKES_SIZE = (700, 560)


@dataclass(frozen=True)
class NamedImage:
    """A picture with the name of its file."""

    file_name: str
    image: ReportImage


@dataclass(frozen=True, eq=False)
class SpikedNode:
    """A node of the reading with the spikes that were measured."""

    node_id: str
    segment: Segment
    geometry: ImageGeometry
    spikes: Sequence[SpikeCandidate]


@dataclass(frozen=True)
class CasePictures:
    """One key image for each measured node, the surface of each node with spikes, and the overview in 3D."""

    key_images: tuple[NamedImage, ...]
    spikes: tuple[NamedImage, ...]
    overview: NamedImage

    @property
    def all(self) -> tuple[NamedImage, ...]:
        """All pictures, the overview last."""
        return (*self.key_images, *self.spikes, self.overview)


def case_pictures(
    scene: CaseScene,
    reading: Reading,
    assessment: Assessment,
    *,
    sizes: Mapping[str, NodeSize],
    spiked: Sequence[SpikedNode],
    when_views_are_set: Callable[[], None],
) -> CasePictures:
    """Draw all pictures of a case.

    Parameters
    ----------
    when_views_are_set : called while the views show the case, for saving a scene that opens with the same views.
    """
    nodes = {f"key-N{number}.png": node for number, node in enumerate(reading.nodes or (), start=1)}
    subjects = {name: _subject(node, assessment, sizes[node.id]) for name, node in nodes.items() if node.id in sizes}
    axial = SliceView("Red", "Axial", PANEL_SIZE)
    lengthwise = SliceView("Green", "Coronal", PANEL_SIZE)
    try:
        key_images = tuple(
            NamedImage(name, _report_image(subject, key_image(axial, lengthwise, scene, subject)))
            for name, subject in subjects.items()
        )
        lengthwise.node.SetOrientation("Coronal")
        for view in (axial, lengthwise):
            view.show(scene.volume)
        when_views_are_set()
    finally:
        axial.close()
        lengthwise.close()
    surfaces = tuple(_surface(scene, node, number) for number, node in enumerate(spiked, start=1))
    return CasePictures(key_images, surfaces, _overview(scene, subjects.values()))


def _subject(node: Node, assessment: Assessment, size: NodeSize) -> KeyImageSubject:
    shown = evidence_with_place(node)
    return KeyImageSubject(
        node_id=node.id,
        title=f"{node.id}  {node_place(node)}",
        facts=f"{dimension(node)}, grade {assessment.node(node.id).grade}",
        ends_ras_mm=size.ends_ras_mm,
        evidence=shown[0] if shown else None,
    )


def _report_image(subject: KeyImageSubject, picture: NDArray[np.uint8]) -> ReportImage:
    at = "its middle" if subject.evidence is None else evidence_label(subject.evidence)
    caption = f"{subject.facts}. Axial at {at}, {subject.lengthwise_orientation.lower()} through its middle."
    return ReportImage(subject.title, caption, png_bytes(picture))


def _surface(scene: CaseScene, node: SpikedNode, number: int) -> NamedImage:
    view = ThreeDView("1", SPIKES_SIZE)
    try:
        picture = spike_picture(view, node.segment, node.geometry, scene.volume, node.spikes)
    finally:
        view.close()
    caption = "Surface of the node with the measured spikes, base to tip, seen from the side that they point to."
    image = ReportImage(f"{node.node_id}: spikes on the surface", caption, png_bytes(picture))
    return NamedImage(f"key-spikes-{number}.png", image)


def _overview(scene: CaseScene, subjects: Collection[KeyImageSubject]) -> NamedImage:
    view = ThreeDView("1", OVERVIEW_SIZE)
    try:
        picture = overview_image(view, scene, [(subject.node_id, subject.middle_ras_mm) for subject in subjects])
    finally:
        view.close()
    caption = "All segmented nodes, seen from the front, with those vessels and bones that were segmented."
    return NamedImage("overview-3d.png", ReportImage("Overview", caption, png_bytes(picture)))
