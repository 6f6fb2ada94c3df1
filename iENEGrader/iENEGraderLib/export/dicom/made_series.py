"""A DICOM series made from an image that came without DICOM, so that other objects have images to refer to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.derived_attributes import MANUFACTURER
from iENEGraderLib.export.derived_series import STORED_LIMITS, stored_values
from iENEGraderLib.export.dicom.identity import identity_of_case, new_uid
from iENEGraderLib.export.dicom.quiet import no_values_in_warnings
from iENEGraderLib.export.dicom.saving import save_whole
from iENEGraderLib.export.dicom.source_series import SourceSeries

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray
    from pydicom import Dataset


SERIES_NUMBER = 1
DESCRIPTION = "Made from an image file, not by a scanner"
HOW = "Values of an image file that held no DICOM, one image for each section; scanner and protocol are not known."
WINDOW = 40, 400
BODY_PART = "HEADNECK"
EMPTY = (
    "KVP AcquisitionNumber PatientPosition PositionReferenceIndicator SeriesDescription "
    "AcquisitionDate AcquisitionTime ContrastBolusAgent"
)


@no_values_in_warnings()
def made_source_series(
    image: Image,
    case_id: str,
    folder: Path,
    software: str,
    *,
    is_pseudonym: bool = False,
    moment: datetime | None = None,
) -> SourceSeries:
    """Write an image as a new DICOM CT series that says of itself that it was made by this program.

    Parameters
    ----------
    image : a CT in HU; values are rounded to whole HU.
    case_id : of the reading; it becomes patient ID and name.
    folder : exists and is empty.
    software : name and version of the program.
    is_pseudonym : whether the case id is a pseudonym of this program; only then the series says that the identity of
        the patient was removed.
    moment : when it says that it was made; None for the present.

    Raises
    ------
    InputError
        When the image is no CT, has values beyond 16 bits, or the folder cannot be written to.
    """
    if image.modality not in ("", "CT"):
        raise InputError(
            f"{image.source or 'the image'}: {image.modality} without DICOM; only a CT in HU can be written as a new "
            "series, give the DICOM images of the scanner"
        )
    lowest, highest = float(image.voxels.min()), float(image.voxels.max())
    if not STORED_LIMITS[0] <= lowest <= highest <= STORED_LIMITS[1]:
        raise InputError(
            f"{image.source or 'the image'}: has values from {lowest:g} to {highest:g}; expected HU of a CT, from "
            f"{STORED_LIMITS[0]} to {STORED_LIMITS[1]}"
        )
    identity, series_uid = identity_of_case(case_id, image), new_uid()
    when = moment or datetime.now().astimezone()
    headers = []
    for k, section in enumerate(stored_values(image.voxels.astype(np.float32), 1.0)):
        data = _made_image(series_uid, when, software)
        identity.apply(data, is_pseudonym=is_pseudonym)
        data.InstanceNumber = k + 1
        _place(data, image, k)
        _pixels(data, section)
        save_whole(data, folder / f"{k + 1:04d}.dcm")
        del data.PixelData
        headers.append(data)
    return SourceSeries(image, tuple(headers), is_made=True, moment=moment)


def _made_image(series_uid: str, when: datetime, software: str) -> Dataset:
    from pydicom import Dataset
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    data = Dataset()
    for name in EMPTY.split():
        setattr(data, name, None)
    data.SOPClassUID, data.SOPInstanceUID, data.SeriesInstanceUID = CTImageStorage, new_uid(), series_uid
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = CTImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.Modality, data.SeriesNumber, data.SeriesDescription = "CT", SERIES_NUMBER, DESCRIPTION
    data.Manufacturer = data.ManufacturerModelName = MANUFACTURER
    data.SoftwareVersions = software
    data.SeriesDate = data.ContentDate = data.InstanceCreationDate = when.strftime("%Y%m%d")
    data.SeriesTime = data.ContentTime = data.InstanceCreationTime = when.strftime("%H%M%S")
    data.TimezoneOffsetFromUTC = when.strftime("%z")
    data.ImageType, data.DerivationDescription = ["DERIVED", "SECONDARY", "AXIAL"], HOW
    data.BurnedInAnnotation, data.BodyPartExamined = "NO", BODY_PART
    return data


def _place(data: Dataset, image: Image, k: int) -> None:
    grid = image.geometry
    directions = np.asarray(grid.direction_lps)
    column_mm, row_mm, section_mm = grid.spacing_mm
    data.ImageOrientationPatient = [_decimal(x) for axis in (0, 1) for x in directions[:, axis]]
    data.ImagePositionPatient = [_decimal(x) for x in (grid.ijk_to_lps @ (0, 0, k, 1))[:3]]
    data.PixelSpacing = [_decimal(row_mm), _decimal(column_mm)]
    data.SliceThickness = data.SpacingBetweenSlices = _decimal(section_mm)


def _pixels(data: Dataset, section: NDArray[Any]) -> None:
    data.Rows, data.Columns = section.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
    data.RescaleIntercept, data.RescaleSlope, data.RescaleType = 0, 1, "HU"
    data.WindowCenter, data.WindowWidth = WINDOW
    data.PixelData = np.ascontiguousarray(section, dtype="<i2").tobytes()


def _decimal(value: float) -> str:
    """Return a number as a decimal string of at most 16 characters."""
    from pydicom.valuerep import format_number_as_ds

    return str(format_number_as_ds(float(value) + 0.0))
