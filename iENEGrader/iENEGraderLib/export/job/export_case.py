"""What is exported: a read case with everything that its targets may need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.export.deidentify.identifiers import Identifiers
from iENEGraderLib.rules import assess

if TYPE_CHECKING:
    from pathlib import Path

    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.export.job.case_map import CaseMap
    from iENEGraderLib.export.report_content import ImageOrigin, ReportFigure
    from iENEGraderLib.export.teaching.mesh import Mesh
    from iENEGraderLib.measure.case.segment_matching import MatchedSegments
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment


NOTHING = Identifiers()


@dataclass(frozen=True, eq=False)
class ExportCase:
    """A case as its host gathered it, from files or from a scene.

    Attributes
    ----------
    image : what was read.
    segments : on the grid of the image, and which node of the reading each belongs to.
    origin : whether the image is of a patient or computed.
    dicom_folder : DICOM images that `image` was read from; None when it came without DICOM.
    maps : spectral and perfusion maps in the space of the image, one of a quantity.
    teaching_notes : ``teaching.toml`` of the teacher; None without.
    figures : of the measurements, for report and teaching file.
    surfaces : of the segments, for the teaching file.
    inputs : files and folders that it was read from; their names may identify the patient.
    identifiers : further values of the source that identify the patient, such as those of a scene.
    notes : what of the source could not be taken along, or is to be minded; without names of its files or nodes, since
        they are written into the export.
    """

    reading: Reading
    image: Image
    segments: MatchedSegments
    origin: ImageOrigin
    dicom_folder: Path | None = None
    maps: tuple[CaseMap, ...] = ()
    teaching_notes: Path | None = None
    figures: tuple[ReportFigure, ...] = ()
    surfaces: tuple[Mesh, ...] = ()
    inputs: tuple[Path, ...] = ()
    identifiers: Identifiers = NOTHING
    notes: tuple[str, ...] = ()

    @property
    def assessment(self) -> Assessment:
        """What the rules say about the reading."""
        return assess(self.reading)
