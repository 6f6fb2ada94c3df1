"""Dynamic studies that are in the scene: sequences of volumes, and volumes with a component for each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
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
    return [*found, *(node for node in dict.fromkeys(volumes) if _components(node) >= FEWEST_FRAMES)]


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


def _is_of_volumes(node: Any) -> bool:
    count = node.GetNumberOfDataNodes()
    return count >= FEWEST_FRAMES and node.GetNthDataNode(0).IsA(VOLUME)


def _components(node: Any) -> int:
    data = node.GetImageData()
    return 0 if data is None else int(data.GetNumberOfScalarComponents())


def _of_sequence(node: Any) -> DynamicFrames:
    count, unit = node.GetNumberOfDataNodes(), node.GetIndexUnit() or ""
    times = _seconds(node.GetName(), [node.GetNthIndexValue(at) for at in range(count)], unit, "index of the sequence")
    volumes = [node.GetNthDataNode(at) for at in range(count)]
    geometry = geometry_of_volume(volumes[0])
    for at, volume in enumerate(volumes[1:], 2):
        require_same_grid(f"frame {at}", geometry_of_volume(volume), "the first frame", geometry)
    frames = np.stack([slicer.util.arrayFromVolume(volume) for volume in volumes])
    return _frames(node, frames, times, geometry, f"frame times are the index of the sequence, in {unit}")


def _of_components(node: Any) -> DynamicFrames:
    name, kind = node.GetName(), node.GetAttribute(LABEL_KIND) or ""
    labels = node.GetAttribute(LABELS)
    if not labels:
        raise InputError(
            f"{name}: does not say the times of its frames ({LABELS}); load it as a sequence whose index is the time, "
            "or give the folder of the study"
        )
    unit = node.GetAttribute(LABEL_UNIT) or ("ms" if kind in MS_KINDS else "")
    times = _seconds(name, labels.split(","), unit, f"{LABELS} ({kind})")
    frames = np.ascontiguousarray(np.moveaxis(slicer.util.arrayFromVolume(node), -1, 0))
    return _frames(node, frames, times, geometry_of_volume(node), f"frame times are {LABELS} ({kind}), in {unit}")


def _frames(node: Any, frames: NDArray[Any], times: Floats, geometry: ImageGeometry, reason: str) -> DynamicFrames:
    acquisition, cautions = stated_acquisition(_number(node, REPETITION_TIME), _number(node, FLIP_ANGLE))
    return DynamicFrames(frames, times - times[:1], geometry, acquisition, node.GetName(), reason, cautions)


def _seconds(name: str, texts: list[str], unit: str, where: str) -> Floats:
    if unit not in SECONDS_PER_UNIT:
        stated = f"in {unit!r}" if unit else "without a unit"
        raise InputError(f"{name}: {where} stands {stated}; expected times in {', '.join(SECONDS_PER_UNIT)}: state it")
    try:
        return SECONDS_PER_UNIT[unit] * np.array([float(text) for text in texts])
    except ValueError as error:
        raise InputError(f"{name}: {where} holds a label that is no number; expected the time of each frame") from error


def _number(node: Any, attribute: str) -> float | None:
    try:
        return float(node.GetAttribute(attribute) or "")
    except ValueError:
        return None
