"""What the panel asks of the module's logic, so that any object that can do it may stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segmentation

    from iENEGraderLib.panel.nodes.node_segments import SegmentsUsed
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment


class GraderLogic(Protocol):
    """Work that goes beyond editing the document."""

    def assess(self, reading: Reading) -> Assessment:
        """Grade and stage a reading."""

    def segmentedImage(self, also: Collection[str] = ()) -> tuple[Segmentation, Image]:
        """Return what is segmented in the scene, and in which image; InputError when that cannot be told."""

    def measure(self, reading: Reading) -> SegmentsUsed:
        """Measure all nodes of a reading that have a segment, and what lies beside them."""

    def sectionSpacing(self) -> float | None:
        """Return the distance in mm between the sections of the image that is read; None when it cannot be told."""

    def getParameterNode(self) -> Any:
        """Return the module's parameter node (vtkMRMLScriptedModuleNode), which keeps its settings in the scene."""
