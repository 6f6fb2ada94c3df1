"""The folder in which the files of one case come about, and what its targets share."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from HeadNeckNodesLib.imaging.hounsfield import require_hounsfield

from iENEGraderLib.export.dicom.made_series import made_source_series
from iENEGraderLib.export.dicom.source_series import read_source_series
from iENEGraderLib.export.report_content import Provenance

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.export.dicom.seg import Algorithm, WrittenSegmentation
    from iENEGraderLib.export.dicom.source_series import SourceSeries
    from iENEGraderLib.export.job.export_case import ExportCase

DICOM_FOLDER = "dicom"
IMAGES_FOLDER = "images"
MADE_SERIES = "the image came without DICOM, so a derived CT series was written for the other objects to refer to"


@dataclass(eq=False)
class CaseWork:
    """One case on its way out.

    Attributes
    ----------
    case : de-identified already when that was asked for.
    folder : empty at first; targets write into it.
    software : name and version of the program.
    made_at : when, ISO 8601 with time zone.
    notes : what the user shall know about the result.
    anatomy_by : how segments that are no nodes were drawn; None when nobody said so.
    segmentation : the DICOM segmentation, once its target has written it.
    """

    case: ExportCase
    folder: Path
    software: str
    made_at: str
    notes: list[str] = field(default_factory=list)
    anatomy_by: Algorithm | None = None
    segmentation: WrittenSegmentation | None = None

    @property
    def dicom(self) -> Path:
        """Folder of the DICOM objects; made when asked for."""
        folder = self.folder / DICOM_FOLDER
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def images_folder(self) -> Path:
        """Folder of images that were written here, because the source had none or must not be shared as it is."""
        return self.dicom / IMAGES_FOLDER

    @cached_property
    def source(self) -> SourceSeries:
        """The images that DICOM objects refer to; a derived series is written when the case came without DICOM."""
        if self.case.dicom_folder is not None:
            return read_source_series(self.case.dicom_folder)
        require_hounsfield(self.case.image)
        images = self.images_folder
        images.mkdir()
        self.notes.append(MADE_SERIES)
        return made_source_series(self.case.image, self.case.reading.case_id, images, self.software)

    @property
    def provenance(self) -> Provenance:
        """Where the pages of this case come from."""
        image = self.case.image
        described = f"{image.modality or 'image'}, {image.geometry.describe()}"
        return Provenance(self.software, self.made_at, self.case.origin, described)
