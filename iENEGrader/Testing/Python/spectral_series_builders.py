"""Spectral DICOM series for tests: the small neck at known energies, with the headers of scanners that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from dicom_builders import write_ct_series
from spectral_phantoms import Neck

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydicom import Dataset

FRAME = "1.2.826.0.1.3680043.8.498.1"
STUDY = "1.2.826.0.1.3680043.8.498.2"
PATIENT = "DOE^JANE"
NECK = Neck()


def item(**attributes: Any) -> Dataset:
    """One item of a sequence."""
    from pydicom import Dataset

    data = Dataset()
    for name, value in attributes.items():
        setattr(data, name, value)
    return data


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """One coded concept."""
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def vmi_attributes(kev: float) -> dict[str, Any]:
    """What Supplement 188 asks of a virtual monochromatic image."""
    return {
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL", "VMI"],
        "MultienergyCTAcquisition": "YES",
        "MultienergyCTCharacteristicsSequence": [item(MonoenergeticEnergyEquivalent=float(kev))],
        "KVP": None,
    }


def material_attributes(image_type: str, rescale_type: str, *materials: str) -> dict[str, Any]:
    """What Supplement 188 asks of an image of materials."""
    found: Sequence[Dataset] = [item(MaterialCodeSequence=[code("1", "99TEST", name)]) for name in materials]
    return {
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL", image_type],
        "RescaleType": rescale_type,
        "MultienergyCTProcessingSequence": [
            item(DecompositionMethod="IMAGE_BASED", DecompositionMaterialSequence=found)
        ],
        "KVP": None,
    }


def write_series(folder: Path, voxels: np.ndarray, **header: Any) -> Path:
    """A series of the same examination as all others of this module, unless the header says otherwise."""
    shared = {
        "PatientName": PATIENT,
        "PatientID": "ID-4711",
        "StudyInstanceUID": STUDY,
        "FrameOfReferenceUID": FRAME,
        "ConvolutionKernel": "Qr40",
        "Manufacturer": "Maker",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "PixelSpacing": [1.0, 1.0],
        "SliceThickness": 2.5,
    }
    return write_ct_series(folder, voxels, **(shared | header))


def write_vmi(folder: Path, kev: float, *, plain: bool = False, **header: Any) -> Path:
    """The small neck at one energy; ``plain`` leaves out what Supplement 188 asks for."""
    attributes = {} if plain else vmi_attributes(kev)
    return write_series(folder, NECK.monochromatic(kev, np.int16).voxels, **(attributes | header))


def write_iodine(folder: Path, per_mg_ml: float = 100.0, **header: Any) -> Path:
    """True iodine, stored in as many steps for each mg/mL; the header says what a step is."""
    stored = np.rint(NECK.iodine_map(per_mg_ml).voxels).astype(int)
    rescale = {"RescaleIntercept": 0, "RescaleSlope": 1, "SeriesDescription": "Iodine Density"}
    return write_series(folder, stored - 1024, **(rescale | header))
