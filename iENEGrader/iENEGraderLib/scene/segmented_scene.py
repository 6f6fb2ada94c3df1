"""What is segmented in the scene, read again only where it was changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk
from slicer.util import VTKObservationMixin

from iENEGraderLib.scene.segmentation_reading import (
    named_by_readings,
    reference_volume,
    segmentation_of_node,
    segments_of,
)
from iENEGraderLib.scene.segmentations import LABELMAP

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation

    Key = tuple[str, str, str]


@dataclass(frozen=True)
class _State:
    """What the last look was taken of: label maps by segmentation node, segment id and name, and all that moves them.

    The times are those of the last change, as VTK counts them.
    """

    times: dict[Key, int]
    frame: tuple[object, ...]

    def changed(self, other: _State) -> list[Key] | None:
        """Return which segments differ; None when more than the contents of segments does."""
        if self.frame != other.frame or self.times.keys() != other.times.keys():
            return None
        return [key for key, time in self.times.items() if time != other.times[key]]


class SegmentedScene(VTKObservationMixin):
    """Gives the segments of the scene, and tells when one of them changes.

    Parameters
    ----------
    read : reads everything that is measured; InputError when it cannot be told what that is.
    """

    def __init__(self, read: Callable[[], tuple[Segmentation, Image]]) -> None:
        super().__init__()
        self._read = read
        self._state: _State | None = None
        self._seen: tuple[Segmentation, Image] | None = None
        self._listeners: list[Callable[[], None]] = []
        # By itself: what is observed is kept in memory until all of it is let go.
        self._watcher = VTKObservationMixin()
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.NodeRemovedEvent, self._on_node_removed)

    def look(self) -> tuple[Segmentation, Image]:
        """Return the segments and their image; arrays are those of the last look where nothing was changed.

        Raises
        ------
        InputError
            When it cannot be told what to measure, or a transform moves it.
        """
        self._watch()
        state = _state_of_scene()
        changed = None if self._state is None else self._state.changed(state)
        if self._seen is None or changed is None or not self._refresh(changed):
            known, self._seen = self._seen, None
            segmentation, image = self._read()
            self._seen = (segmentation if known is None else _with_known(segmentation, known[0]), image)
            state = _state_of_scene()  # label maps that were made of surfaces are new
        self._state = state
        return self._seen

    def listen(self, listener: Callable[[], None]) -> None:
        """Call a function when a segment may have changed; several times for one change, as Slicer does."""
        self._listeners.append(listener)
        self._watch()

    def forget(self) -> None:
        """Let go of everything that was read."""
        self._state, self._seen = None, None

    def close(self) -> None:
        """Stop observing the scene."""
        self.removeObservers()
        self._watcher.removeObservers()
        self._listeners.clear()
        self.forget()

    def _refresh(self, changed: list[Key]) -> bool:
        """Read only the changed segments; False when that cannot be done."""
        assert self._seen is not None
        segmentation, image = self._seen
        fresh: dict[tuple[str, str], Segment] = {}
        for node_id in {node_id for node_id, _segment_id, _name in changed}:
            node = slicer.mrmlScene.GetNodeByID(node_id)
            wanted = {(segment_id, name) for owner, segment_id, name in changed if owner == node_id}
            read = segmentation_of_node(node, reference_volume(node), {segment_id for segment_id, _name in wanted})
            fresh |= {_identity(each): each for each in read.segments if _identity(each) in wanted}
        known = [_identity(each) for each in segmentation.segments]
        if len(fresh) != len(changed) or any(known.count(identity) != 1 for identity in fresh):
            return False
        segments = tuple(fresh.get(_identity(each), each) for each in segmentation.segments)
        self._seen = (_with_known(replace(segmentation, segments=segments), segmentation), image)
        return True

    def _watch(self) -> None:
        events = slicer.vtkSegmentation
        for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
            for event in (events.SourceRepresentationModified, events.SegmentAdded, events.SegmentRemoved):
                if not self._watcher.hasObserver(node, event, self._tell):
                    self._watcher.addObserver(node, event, self._tell)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_removed(self, _scene: Any, _event: str, node: Any) -> None:
        """Let go of what left the scene: a segmentation is large, and so is the image that was read with it."""
        if node.IsA("vtkMRMLSegmentationNode"):
            self.forget()
            self._watcher.removeObservers()
            self._watch()

    def _tell(self, *_: object) -> None:
        for listener in list(self._listeners):
            listener()


def volume_of_segments(source: str) -> Any:
    """Return the volume node of that name that something is segmented in; None when there is none."""
    volumes = [reference_volume(node) for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode")]
    return next((each for each in volumes if each is not None and each.GetName() == source), None)


def _state_of_scene() -> _State:
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    times = {
        (node.GetID(), segment_id, segment.GetName()): _time_of(segment)
        for node in nodes
        for segment_id, segment in segments_of(node).items()
    }
    volumes = dict.fromkeys(filter(None, map(reference_volume, nodes)))
    frame: list[object] = [frozenset(named_by_readings())]
    frame += [(node.GetID(), node.GetTransformNodeID(), _id(reference_volume(node))) for node in nodes]
    frame += [(each.GetID(), each.GetTransformNodeID(), _time_of_voxels(each)) for each in volumes]
    return _State(times, tuple(frame))


def _identity(segment: Segment) -> tuple[str, str]:
    return segment.segment_id, segment.name


def _with_known(segmentation: Segmentation, known: Segmentation) -> Segmentation:
    """Return segments with those that are as they were: a label map of several changes when one of them does."""
    before = {_identity(each): each for each in known.segments}
    segments = (
        last if (last := before.get(_identity(each))) is not None and _is_same(each, last) else each
        for each in segmentation.segments
    )
    return replace(segmentation, segments=tuple(segments))


def _is_same(segment: Segment, other: Segment) -> bool:
    return segment is other or (
        (segment.grid_box, segment.grid_shape) == (other.grid_box, other.grid_shape)
        and (segment.terminology, segment.colour) == (other.terminology, other.colour)
        and np.array_equal(segment.cropped_mask(), other.cropped_mask())
    )


def _time_of(segment: Any) -> int:
    labels = segment.GetRepresentation(LABELMAP)
    return -1 if labels is None else int(labels.GetMTime())


def _time_of_voxels(volume: Any) -> int:
    image = volume.GetImageData()
    return -1 if image is None else int(image.GetMTime())


def _id(node: Any) -> str:
    return "" if node is None else str(node.GetID())
