"""The case that is in the scene, with everything that an export of it may need."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_series import read_dicom

from iENEGraderLib.export.job.export_case import ExportCase
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.scene.deidentify import identifiers_of_scene
from iENEGraderLib.scene.export_maps import maps_on
from iENEGraderLib.scene.image_origin import stated_origin
from iENEGraderLib.scene.segmentation_reading import (
    holds_node_segment,
    named_by_readings,
    reference_volume,
    segmented_image,
)
from iENEGraderLib.scene.surfaces import shown_segment_ids, surfaces_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.export.teaching.mesh import Mesh
    from iENEGraderLib.measure.case.segment_matching import MatchedSegments
    from iENEGraderLib.reading import Reading

INSTANCES_ATTRIBUTE = "DICOM.instanceUIDs"
FILES_UNKNOWN = (
    "the image was loaded from DICOM files that are not in the DICOM database of this computer, so neither their "
    "patient nor their series could be used"
)


@contextmanager
def gathered_case(
    reading: Reading,
    origin: ImageOrigin,
    *,
    with_maps: bool = True,
    with_surfaces: bool = False,
    teaching_notes: Path | None = None,
) -> Iterator[ExportCase]:
    """Gather a case from the scene, for as long as it is exported.

    The DICOM files that the image was loaded from are copied into a folder of their own, since a folder of the DICOM
    database may hold other series beside them; the copies go at the end.

    Parameters
    ----------
    origin : whether the image is of a patient or computed; what the scene says of it is told by `origin_in_scene`.
    with_maps : whether maps are taken along, and what is to be said of them.
    with_surfaces : whether surfaces of nodes, arteries and jugular veins are made.
    teaching_notes : what a teacher wrote about the case; None without.

    Raises
    ------
    InputError
        When there is no node segment, a node of the reading names a segment that is not there, or the DICOM files of
        the image do not hold what is in the scene.
    """
    segmentation, image = segmented_image(named_by_readings())
    segments = match_segments(reading, segmentation)
    maps, told = maps_on(image) if with_maps else ((), ())
    notes = list(told)
    volume = segmented_volume()
    files = dicom_files(volume)
    if not files and volume.GetAttribute(INSTANCES_ATTRIBUTE):
        notes.append(FILES_UNKNOWN)
    with tempfile.TemporaryDirectory(prefix="hnn-") as place:
        yield ExportCase(
            reading=reading,
            image=image,
            segments=segments,
            origin=origin,
            dicom_folder=_copied(files, Path(place), image) if files else None,
            maps=maps,
            teaching_notes=teaching_notes,
            surfaces=_surfaces(volume, segments) if with_surfaces else (),
            inputs=(*sorted({file.parent for file in files}), *filter(None, [teaching_notes])),
            identifiers=identifiers_of_scene(),
            notes=tuple(notes),
        )


def segmented_volume() -> Any:
    """Return the volume node whose nodes are segmented, that of :func:`segmented_image`."""
    named = named_by_readings()
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    return next(reference_volume(node) for node in nodes if holds_node_segment(node, named))


def origin_in_scene() -> ImageOrigin:
    """Return where the image of the segmented nodes comes from, as the scene states it; not stated without nodes."""
    named = named_by_readings()
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    volumes = (reference_volume(node) for node in nodes if holds_node_segment(node, named))
    volume = next(filter(None, volumes), None)
    return ImageOrigin.NOT_STATED if volume is None else stated_origin(volume)


def dicom_files(volume: Any) -> tuple[Path, ...]:
    """Return the files that a volume was loaded from, by the DICOM database; empty when it does not know them all."""
    instances = (volume.GetAttribute(INSTANCES_ATTRIBUTE) or "").split()
    database = getattr(slicer, "dicomDatabase", None)
    if not instances or database is None:
        return ()
    files = tuple(Path(database.fileForInstance(uid)) for uid in instances)
    return files if all(file.is_file() for file in files) else ()


def _copied(files: Sequence[Path], folder: Path, image: Image) -> Path:
    """Copy the files of a series, and make sure that they hold the image of the scene."""
    try:
        for number, file in enumerate(files, start=1):
            shutil.copyfile(file, folder / f"{number:05}.dcm")
    except OSError as error:
        raise InputError(
            f"the DICOM files of {image.source} cannot be copied ({error.strerror}); make room in the folder for "
            "temporary files, and see that the files can be read"
        ) from error
    stored = read_dicom(folder).geometry
    if not stored.matches(image.geometry):
        raise InputError(
            f"{image.source}: lies on {image.geometry.describe()}, its DICOM files on {stored.describe()}; "
            "segment the image as it was loaded, or load it again"
        )
    return folder


def _surfaces(volume: Any, segments: MatchedSegments) -> tuple[Mesh, ...]:
    nodes = {each.name for each in segments.nodes}
    drawn = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    return tuple(
        mesh for node in drawn if reference_volume(node) is volume for mesh in surfaces_of(node, _shown(node, nodes))
    )


def _shown(node: Any, names_of_nodes: Collection[str]) -> tuple[str, ...]:
    segmentation = node.GetSegmentation()
    vessels = shown_segment_ids(node)
    return tuple(
        each
        for each in segmentation.GetSegmentIDs()
        if each in vessels or segmentation.GetSegment(each).GetName() in names_of_nodes
    )
