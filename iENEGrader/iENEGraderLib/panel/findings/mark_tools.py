"""Drawing marks of a finding with the mouse, and looking at their places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer

from iENEGraderLib.anatomy import Role, structure_for
from iENEGraderLib.reading import Mark, MarkKind
from iENEGraderLib.scene.mark_placing import MarkPlacing
from iENEGraderLib.scene.viewing import Viewing, slice_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.reading import FindingKind

    Point = tuple[float, float, float]
    Drawn = Callable[[Any, Mark], None]

FAR_FROM_VIEW_MM = 5.0
"""Points farther from every slice were not placed in one of them."""


@dataclass(frozen=True)
class Placing:
    """What is being placed."""

    finding: FindingKind
    kind: MarkKind


class MarkTools:
    """Places marks in the views, and takes the views to marks and back.

    Parameters
    ----------
    viewing : where the views look; of its own when not given.
    """

    def __init__(self, viewing: Viewing | None = None) -> None:
        self.viewing = viewing or Viewing()
        self._placing = MarkPlacing(self._on_changed)
        self._now: Placing | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def placing(self) -> Placing | None:
        """What is being placed; None when nothing is."""
        return self._now if self._placing.kind is not None else None

    def listen(self, listener: Callable[[], None]) -> None:
        """Call a function when placing begins or ends, and when the views were taken somewhere."""
        self._listeners.append(listener)

    def begin(self, finding: FindingKind, kind: MarkKind, on_drawn: Drawn) -> None:
        """Let the reader draw a mark of a finding; asked again for what is being placed, stop.

        Parameters
        ----------
        on_drawn : called with the markup and a mark without id and structure.
        """
        if self.placing == Placing(finding, kind):
            self.cancel()
            return
        self.cancel()
        self._now = Placing(finding, kind)

        def on_placed(markup: Any, points: Sequence[Point]) -> None:
            mark = Mark("", kind, tuple(points), finding)
            on_drawn(markup, replace(mark, axis_ras=axis_of_view(points)) if kind is MarkKind.CONTACT_ANGLE else mark)

        self._placing.begin(kind, on_placed)

    def cancel(self) -> None:
        """Stop placing."""
        self._placing.cancel()

    def go_to(self, place_ras_mm: Sequence[float]) -> None:
        """Take all views to a place."""
        self.viewing.go_to(place_ras_mm)
        self._on_changed()

    def go_back(self) -> None:
        """Take all views back to where they were before."""
        self.viewing.go_back()
        self._on_changed()

    def close(self) -> None:
        """Stop placing and observing the scene."""
        self._placing.close()
        self._listeners.clear()

    def _on_changed(self) -> None:
        for listener in list(self._listeners):
            listener()


def axis_of_view(points_ras_mm: Sequence[Point]) -> Point | None:
    """Return the direction towards the viewer of the slice view that points were placed in, in RAS.

    About it an angle counts against the clock as the reader sees it. Slices may have been changed between clicks: the
    view whose plane is nearest to all points is taken.

    Returns
    -------
    Length 1; None when no slice view is near.
    """
    views = [node for node in slice_nodes() if node.IsMappedInLayout()] or slice_nodes()
    points = np.asarray(points_ras_mm)
    nearest, axis = FAR_FROM_VIEW_MM, None
    for view in views:
        plane = slicer.util.arrayFromVTKMatrix(view.GetSliceToRAS())
        towards_viewer = np.cross(plane[:3, 0], plane[:3, 1])
        towards_viewer /= np.linalg.norm(towards_viewer)
        distance = float(np.abs((points - plane[:3, 3]) @ towards_viewer).max())
        if distance < nearest:
            nearest, axis = distance, towards_viewer
    if axis is None:
        return None
    right, anterior, superior = (round(float(value), 6) + 0.0 for value in axis)
    return right, anterior, superior


def segmented_structures() -> dict[str, Role]:
    """Return the structures that are segmented in the scene, by name, with what they are to a node."""
    found = {}
    for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
        segmentation = node.GetSegmentation()
        for segment_id in segmentation.GetSegmentIDs():
            structure = structure_for(segmentation.GetSegment(segment_id).GetName())
            if structure is not None:
                found[structure.name] = structure.role
    return found


def image_series() -> tuple[str, ...]:
    """Return the names of the volumes of the scene, label maps excluded."""
    volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    return tuple(dict.fromkeys(volume.GetName() for volume in volumes if not volume.IsA("vtkMRMLLabelMapVolumeNode")))
