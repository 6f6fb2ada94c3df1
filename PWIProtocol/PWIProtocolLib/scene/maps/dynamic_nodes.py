"""Dynamic studies that are in the scene: sequences of volumes, and volumes with a component for each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import geometry_of_volume, matrix_of

from PWIProtocolLib.dynamic import DynamicFrames, require_same_grid
from PWIProtocolLib.dynamic.frames import stated_acquisition

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEQUENCE, VECTOR, MULTI = "vtkMRMLSequenceNode", "vtkMRMLVectorVolumeNode", "vtkMRMLMultiVolumeNode"
VOLUME = "vtkMRMLScalarVolumeNode"
SECONDS_PER_UNIT = {"s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "min": 60.0}
DEGREES = ("degrees", "degree", "deg", "°")
LABELS = "MultiVolume.FrameLabels"
LABEL_KIND, LABEL_UNIT = "MultiVolume.FrameIdentifyingDICOMTagName", "MultiVolume.FrameIdentifyingDICOMTagUnits"
MS_KINDS = ("TriggerTime",)
"""Labels whose unit DICOM fixes to milliseconds."""
REPETITION_TIME, FLIP_ANGLE = "MultiVolume.DICOM.RepetitionTime", "MultiVolume.DICOM.FlipAngle"
FEWEST_FRAMES = 3


def dynamic_nodes() -> list[Any]:
    """Return the nodes that can be a dynamic study, in the order of the scene."""
    found = [node for node in slicer.util.getNodesByClass(SEQUENCE) if _is_of_volumes(node)]
    volumes = slicer.util.getNodesByClass(VECTOR) + slicer.util.getNodesByClass(MULTI)
    found += [node for node in dict.fromkeys(volumes) if _components(node) >= FEWEST_FRAMES]
    return [node for node in found if not labelled_angles(node)]


def still_volumes() -> list[Any]:
    """Return the volumes of the scene that can be a map or an image: those that show a frame of a sequence are none."""
    browsers = slicer.util.getNodesByClass("vtkMRMLSequenceBrowserNode")
    sequences = [(browser, node) for browser in browsers for node in _sequences_of(browser)]
    shown = {browser.GetProxyNode(node) for browser, node in sequences}
    return [
        node
        for node in slicer.util.getNodesByClass(VOLUME)
        if node.GetClassName() == VOLUME and node not in shown and node.GetImageData() is not None
    ]


def labelled_angles(node: Any) -> tuple[float, ...]:
    """Return the flip angles in degrees that a sequence or a volume with components states; empty without."""
    if node.IsA(SEQUENCE) and not _is_of_volumes(node, 2):
        return ()
    labels = _labels(node)
    if labels.kind != "FlipAngle" and labels.unit not in DEGREES:
        return ()
    try:
        return tuple(float(text) for text in labels.texts)
    except ValueError:
        return ()


def dynamic_of_node(node: Any) -> DynamicFrames:
    """Return the frames of a node, with their times in seconds.

    Raises
    ------
    InputError
        When it does not say its times with their unit, or its volumes do not lie on one grid.
    """
    return _of_sequence(node) if node.IsA(SEQUENCE) else _of_components(node)


def add_dynamic(dynamic: DynamicFrames, name: str) -> Any:
    """Add a dynamic study as a sequence of volumes, with a browser to look at it (vtkMRMLSequenceNode)."""
    scene = slicer.mrmlScene
    sequence = scene.AddNewNodeByClass(SEQUENCE, name)
    sequence.SetIndexName("time")
    sequence.SetIndexUnit("s")
    sequence.SetIndexType(sequence.NumericIndex)
    for time_s, frame in zip(dynamic.time_s, dynamic.frames, strict=True):
        volume = slicer.vtkMRMLScalarVolumeNode()
        volume.SetName(name)
        volume.SetIJKToRASMatrix(matrix_of(dynamic.geometry.ijk_to_ras))
        slicer.util.updateVolumeFromArray(volume, np.ascontiguousarray(frame))
        sequence.SetDataNodeAtValue(volume, f"{time_s:g}")
    acquisition = dynamic.acquisition
    if acquisition.repetition_time_s is not None:
        sequence.SetAttribute(REPETITION_TIME, f"{1000 * acquisition.repetition_time_s:g}")
    if acquisition.flip_angle_deg is not None:
        sequence.SetAttribute(FLIP_ANGLE, f"{acquisition.flip_angle_deg:g}")
    browser = scene.AddNewNodeByClass("vtkMRMLSequenceBrowserNode", f"{name} browser")
    browser.SetAndObserveMasterSequenceNodeID(sequence.GetID())
    return sequence


def _sequences_of(browser: Any) -> list[Any]:
    found = vtk.vtkCollection()
    browser.GetSynchronizedSequenceNodes(found, True)
    return [found.GetItemAsObject(at) for at in range(found.GetNumberOfItems())]


def _is_of_volumes(node: Any, fewest: int = FEWEST_FRAMES) -> bool:
    return node.GetNumberOfDataNodes() >= fewest and node.GetNthDataNode(0).IsA(VOLUME)


def _components(node: Any) -> int:
    data = node.GetImageData()
    return 0 if data is None else int(data.GetNumberOfScalarComponents())


def _of_sequence(node: Any) -> DynamicFrames:
    labels = _labels(node)
    times = _seconds(node.GetName(), labels)
    volumes = [node.GetNthDataNode(at) for at in range(node.GetNumberOfDataNodes())]
    geometry = geometry_of_volume(volumes[0])
    for at, volume in enumerate(volumes[1:], 2):
        require_same_grid(f"frame {at}", geometry_of_volume(volume), "the first frame", geometry)
    frames = np.stack([slicer.util.arrayFromVolume(volume) for volume in volumes])
    return _frames(node, frames, times, geometry, labels)


def _of_components(node: Any) -> DynamicFrames:
    name, labels = node.GetName(), _labels(node)
    if not labels.texts:
        raise InputError(
            f"{name}: does not say the times of its frames ({LABELS}); load it as a sequence whose index is the time, "
            "or give the folder of the study"
        )
    frames = np.ascontiguousarray(np.moveaxis(slicer.util.arrayFromVolume(node), -1, 0))
    return _frames(node, frames, _seconds(name, labels), geometry_of_volume(node), labels)


@dataclass(frozen=True)
class _Labels:
    """What tells the frames of a node apart: texts with their unit, and where they stand."""

    texts: tuple[str, ...]
    unit: str
    kind: str
    where: str


def _labels(node: Any) -> _Labels:
    """Return the index of a sequence, or the labels of a MultiVolume, which Slicer loads as either kind of node."""
    kind = node.GetAttribute(LABEL_KIND) or ""
    texts = tuple(filter(None, (node.GetAttribute(LABELS) or "").split(",")))
    unit = node.GetAttribute(LABEL_UNIT) or ("ms" if kind in MS_KINDS else "")
    if node.IsA(SEQUENCE):
        count = node.GetNumberOfDataNodes()
        if node.GetIndexUnit() or len(texts) != count:
            index = tuple(node.GetNthIndexValue(at) for at in range(count))
            return _Labels(index, node.GetIndexUnit() or "", "", "the index of the sequence")
    return _Labels(texts, unit, kind, f"{LABELS} ({kind})")


def _frames(node: Any, frames: NDArray[Any], times: Floats, geometry: ImageGeometry, labels: _Labels) -> DynamicFrames:
    acquisition, cautions = stated_acquisition(_number(node, REPETITION_TIME), _number(node, FLIP_ANGLE))
    reason = f"frame times are {labels.where}, in {labels.unit}"
    return DynamicFrames(frames, times - times[:1], geometry, acquisition, node.GetName(), reason, cautions)


def _seconds(name: str, labels: _Labels) -> Floats:
    unit, where = labels.unit, labels.where
    if unit not in SECONDS_PER_UNIT:
        stated = f"in {unit!r}" if unit else "without a unit"
        raise InputError(f"{name}: {where} stands {stated}; expected times in {', '.join(SECONDS_PER_UNIT)}: state it")
    try:
        return SECONDS_PER_UNIT[unit] * np.array([float(text) for text in labels.texts])
    except ValueError as error:
        raise InputError(f"{name}: {where} holds a label that is no number; expected the time of each frame") from error


def _number(node: Any, attribute: str) -> float | None:
    try:
        return float(node.GetAttribute(attribute) or "")
    except ValueError:
        return None
