"""A case read from its files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.hounsfield import require_hounsfield
from HeadNeckNodesLib.imaging.read import read_image
from HeadNeckNodesLib.imaging.read_segmentation import read_segmentation
from HeadNeckNodesLib.imaging.segmentation import segmentation_on
from iENEGraderLib.export.job.export_case import ExportCase
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.reading import load_reading

from hnn.export.map_files import read_case_maps

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from iENEGraderLib.export.report_content import ImageOrigin

    from hnn.export.case_files import CaseFiles


def case_of_files(files: CaseFiles, origin: ImageOrigin) -> ExportCase:
    """Read a case.

    Raises
    ------
    InputError
        When a file cannot be used, grids differ, or nodes and segments do not match.
    """
    reading = load_reading(files.reading)
    segmentation = read_segmentation(files.segmentation)
    image = _with_modality(read_image(files.image))
    dicom_folder = files.image if files.image.is_dir() else None
    return ExportCase(
        reading=reading,
        image=image,
        segments=match_segments(reading, segmentation_on(image, segmentation), files.reading.name),
        origin=origin,
        dicom_folder=dicom_folder,
        maps=read_case_maps(files.maps, image, dicom_folder),
        teaching_notes=files.teaching,
        inputs=files.inputs,
    )


def _with_modality(image: Image) -> Image:
    """Say that an image without modality is a CT, when its values are HU; another one stays without."""
    try:
        require_hounsfield(image)
    except InputError:
        return image
    return replace(image, modality="CT")
