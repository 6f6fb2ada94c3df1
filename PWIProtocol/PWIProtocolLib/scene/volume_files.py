"""The DICOM files behind volumes and sequences of the scene."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer

from PWIProtocolLib.scene.dicom_database import files_of_images, files_of_series, study_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGES = "DICOM.instanceUIDs"
FRAME_FILES = "MultiVolume.FrameFileList"
SERIES_UID = "DICOM"


@dataclass(frozen=True)
class VolumeStudy:
    """Volumes of the scene that belong to one study.

    Attributes
    ----------
    uid : StudyInstanceUID; the folder of the files when the database does not know them.
    volumes : names of the volumes and sequences. For the screen only.
    files : what they were loaded from.
    """

    uid: str
    volumes: tuple[str, ...]
    files: tuple[Path, ...]


def volume_studies() -> tuple[VolumeStudy, ...]:
    """Return the studies behind the scene's volumes, in the order of the scene."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    files: defaultdict[str, dict[Path, None]] = defaultdict(dict)
    for node in (
        *slicer.util.getNodesByClass("vtkMRMLVolumeNode"),
        *slicer.util.getNodesByClass("vtkMRMLSequenceNode"),
    ):
        found = files_of_volume(node)
        if found:
            study = study_of_file(found[0]) or str(found[0].parent)
            names[study].append(node.GetName())
            files[study].update(dict.fromkeys(found))
    return tuple(VolumeStudy(study, tuple(names[study]), tuple(files[study])) for study in names)


def files_of_volume(node: Any) -> tuple[Path, ...]:
    """Return what a volume or a sequence of volumes was loaded from.

    Slicer notes either the images of a volume, or the files of a time series; failing both, the series that the data
    tree knows the node by is taken.
    """
    for each in _with_data_nodes(node):
        listed = each.GetAttribute(FRAME_FILES)
        if listed:
            return tuple(Path(file) for file in listed.split(",") if file)
    images = [uid for each in _with_data_nodes(node) for uid in (each.GetAttribute(IMAGES) or "").split()]
    return files_of_images(images) or files_of_series(_series(node))


def _with_data_nodes(node: Any) -> Iterator[Any]:
    yield node
    if node.IsA("vtkMRMLSequenceNode"):
        yield from (node.GetNthDataNode(index) for index in range(node.GetNumberOfDataNodes()))


def _series(node: Any) -> tuple[str, ...]:
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = hierarchy.GetItemByDataNode(node)
    uid = hierarchy.GetItemUID(item, SERIES_UID) if item else ""
    return (uid,) if uid else ()
