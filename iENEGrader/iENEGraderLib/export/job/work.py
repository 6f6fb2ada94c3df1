"""The folder in which the files of one case come about, and what its targets share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from HeadNeckNodesLib.imaging.hounsfield import require_hounsfield

from iENEGraderLib.export.dicom.made_series import made_source_series
from iENEGraderLib.export.dicom.source_series import read_source_series
from iENEGraderLib.export.figures.of_case import figures_for_reading
from iENEGraderLib.export.job.measured_again import measured_again, measured_case
from iENEGraderLib.export.job.segmentation_choice import NOTHING_SAID, SegmentationChoice
from iENEGraderLib.export.report_content import Provenance

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.export.dicom.seg import WrittenSegmentation
    from iENEGraderLib.export.dicom.source_series import SourceSeries
    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.export.job.measured_again import MeasuredAgain
    from iENEGraderLib.export.report_content import ReportFigure
    from iENEGraderLib.measure.case.measurements import CaseMeasurements

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
    made_at : when the files say that they were made, ISO 8601 with time zone.
    notes : what the user shall know about the result.
    is_deidentified : whether the case id is a pseudonym.
    choice : how segments were drawn, and how the DICOM segmentation is stored.
    segmentation : the DICOM segmentation, once its target has written it.
    """

    case: ExportCase
    folder: Path
    software: str
    made_at: str
    notes: list[str] = field(default_factory=list)
    is_deidentified: bool = False
    choice: SegmentationChoice = NOTHING_SAID
    segmentation: WrittenSegmentation | None = None

    def __post_init__(self) -> None:
        """Begin with what was to be said of the source."""
        self.notes += self.case.notes

    @property
    def moment(self) -> datetime | None:
        """When DICOM objects say that they were made; None for the present."""
        return datetime.fromisoformat(self.made_at) if self.is_deidentified else None

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
            return replace(read_source_series(self.case.dicom_folder), moment=self.moment)
        require_hounsfield(self.case.image)
        images = self.images_folder
        images.mkdir()
        self.notes.append(MADE_SERIES)
        return made_source_series(
            self.case.image,
            self.case.reading.case_id,
            images,
            self.software,
            is_pseudonym=self.is_deidentified,
            moment=self.moment,
        )

    @cached_property
    def figures(self) -> tuple[ReportFigure, ...]:
        """Figures of the measurements: those of the case, else drawn where measuring again gives what was read."""
        if self.case.figures or self._measurements is None:
            return self.case.figures
        return figures_for_reading(self.case.reading, self._measurements)

    @cached_property
    def measured(self) -> MeasuredAgain:
        """What was measured in the outlines; InputError when they contradict the reading. Differences are noted."""
        found = measured_again(self.case, self._measurements)
        self.notes += found.notes
        return found

    @cached_property
    def _measurements(self) -> CaseMeasurements | None:
        """All targets share them, since measuring takes long."""
        return measured_case(self.case)

    @property
    def provenance(self) -> Provenance:
        """Where the pages of this case come from."""
        image = self.case.image
        described = f"{image.modality or 'image'}, {image.geometry.describe()}"
        return Provenance(self.software, self.made_at, self.case.origin, described)
