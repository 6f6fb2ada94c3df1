"""Completing and saving DICOM objects, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.dicom.moment import set_moment
from HeadNeckNodesLib.files import replaced_when_complete, write_errors_explained

from iENEGraderLib.export.derived_attributes import MANUFACTURER

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom import Dataset

    from iENEGraderLib.export.dicom.source_series import SourceSeries


UTF_8 = "ISO_IR 192"
SHARED = (
    "IssuerOfPatientID OtherPatientIDsSequence PatientIdentityRemoved DeidentificationMethod "
    "DeidentificationMethodCodeSequence StudyDescription TimezoneOffsetFromUTC"
)
"""Of patient and study, beyond what every object has: entities must be the same in all objects of a study."""


def complete(data: Dataset, source: SourceSeries, software: str, description: str) -> None:
    """Complete a new object: what it shares with its source, who made it and when, and text in any language."""
    data.SpecificCharacterSet = UTF_8
    for name in SHARED.split():
        if name in source.headers[0] and name not in data:
            data[name] = source.headers[0][name]
    data.Manufacturer = data.ManufacturerModelName = MANUFACTURER
    data.SoftwareVersions, data.SeriesDescription = software, description
    set_moment(data, source.moment)


def save_whole(data: Dataset, path: Path) -> None:
    """Save an object so that its file appears when it is complete; a file of that name is replaced.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    with replaced_when_complete(path) as temporary, write_errors_explained(path):
        data.save_as(temporary, enforce_file_format=True)
