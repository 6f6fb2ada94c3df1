"""What the DICOM headers of one series say about energy, material and unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_header import read_headers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from HeadNeckNodesLib.imaging.dicom_header import DicomSlice
    from pydicom import Dataset

VARYING = [
    "ConvolutionKernel",
    "FrameOfReferenceUID",
    "KVP",
    "MultienergyCTCharacteristicsSequence",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "SeriesDescription",
]
"""Attributes that are read from every image, since they must not change within a series."""
PHILIPS_CREATOR = "ELSCINT1"
PHILIPS_LABEL = (0x00E1, 0x40)
"""Image Label; its name stands in public dictionaries of private attributes."""
PHILIPS_ENERGY = (0x01F7, 0xCB)
"""Undocumented; held the energy in keV in every series seen. It confirms what a label says, no more."""


@dataclass(frozen=True)
class ValueMapping:
    """Real World Value Mapping: ``value = stored * slope + intercept`` in a unit."""

    slope: float
    intercept: float
    unit: str


@dataclass(frozen=True)
class SeriesHeader:
    """What the headers say; distinct values where images of the series may differ, empty where nothing is said.

    Attributes
    ----------
    energies_kev : Monoenergetic Energy Equivalent (0018,937C).
    materials : code meanings of Material Code Sequence (0018,937D).
    rescales : (slope, intercept) that the reader of the pixels has applied.
    tube_voltages_kv : of the paths, when the series states paths, else KVP (0018,0060).
    bin_kev : thresholds of the bin of a photon counter, when the series states exactly one.
    contrast_agent : Contrast/Bolus Agent (0018,0010), empty when it is there without value, ``None`` when it is not.
    contrast_phases : Contrast/Bolus Agent Phase (0018,9344), or ``NO`` where it was not administered (0018,9342).
    private_label, private_energy_kev : of a vendor whose private attributes are known.
    """

    modality: str
    image_type: tuple[str, ...]
    energies_kev: tuple[float, ...]
    materials: tuple[str, ...]
    rescale_types: tuple[str, ...]
    rescales: tuple[tuple[float, float], ...]
    mapping: ValueMapping | None
    descriptions: tuple[str, ...]
    private_label: str
    private_energy_kev: float | None
    tube_voltages_kv: tuple[float, ...]
    bin_kev: tuple[float, float] | None
    kernels: tuple[str, ...]
    frames_of_reference: tuple[str, ...]
    slice_thickness_mm: float | None
    contrast_ingredients: tuple[str, ...]
    contrast_agent: str | None
    contrast_phases: tuple[str, ...]


def series_slices(path: Path, series: int | None = None) -> list[DicomSlice]:
    """Headers of the images of a series, in the order in which its voxels are read: along the normal of the slices.

    Meant for a series that has been read without complaint; says nothing of its own about irregular ones.
    """
    import numpy as np

    slices = read_headers(sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path])
    slices = [one for one in slices if series is None or one.facts.series_number == series]
    normal = np.cross(*np.reshape(slices[0].orientation or (), (2, 3)))
    return sorted(slices, key=lambda one: float(np.dot(one.position or (), normal)))


def read_series_header(slices: Sequence[DicomSlice]) -> SeriesHeader:
    """Read what the images of a series say.

    Raises
    ------
    InputError
        when a header cannot be read.
    """
    import pydicom

    try:
        first = pydicom.dcmread(slices[0].path, stop_before_pixels=True)
        others = [pydicom.dcmread(one.path, stop_before_pixels=True, specific_tags=VARYING) for one in slices[1:]]
        return _header_of(first, [first, *others])
    except (pydicom.errors.InvalidDicomError, AttributeError, EOFError, TypeError, ValueError) as error:
        raise InputError(
            f"{slices[0].path.parent}: the spectral attributes of its headers cannot be read; export the series again"
        ) from error


def _header_of(first: Dataset, images: list[Dataset]) -> SeriesHeader:
    rescales = _distinct((_number(d, "RescaleSlope", 1.0), _number(d, "RescaleIntercept", 0.0)) for d in images)
    thickness = first.get("SliceThickness")
    return SeriesHeader(
        modality=str(first.get("Modality", "")),
        image_type=tuple(str(value) for value in first.get("ImageType") or ()),
        energies_kev=_distinct(energy for data in images for energy in _energies(data)),
        materials=_distinct(_materials(first)),
        rescale_types=_texts(images, "RescaleType"),
        rescales=rescales,
        mapping=_mapping(first),
        descriptions=_texts(images, "SeriesDescription"),
        private_label=str(_private(first, PHILIPS_LABEL) or "").strip(),
        private_energy_kev=_private_energy(first),
        tube_voltages_kv=_path_voltages(first) or _distinct(float(d.KVP) for d in images if d.get("KVP")),
        bin_kev=_bin(first),
        kernels=_distinct(_joined(data.get("ConvolutionKernel")) for data in images if data.get("ConvolutionKernel")),
        frames_of_reference=_texts(images, "FrameOfReferenceUID"),
        slice_thickness_mm=float(thickness) if thickness else None,
        contrast_ingredients=_texts(images[:1], "ContrastBolusIngredient"),
        contrast_agent=str(first.get("ContrastBolusAgent") or "").strip() if "ContrastBolusAgent" in first else None,
        contrast_phases=_distinct(_phases(first)),
    )


def _number(data: Dataset, name: str, default: float) -> float:
    value = data.get(name)
    return default if value is None or value == "" else float(value)


def _distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def _texts(images: list[Dataset], name: str) -> tuple[str, ...]:
    return _distinct(text for data in images if (text := str(data.get(name) or "").strip()))


def _joined(value: Any) -> str:
    return str(value) if isinstance(value, str) else "\\".join(map(str, value))


def _meaning(item: Dataset) -> str:
    return str(item.get("CodeMeaning") or item.get("CodeValue") or "")


def _energies(data: Dataset) -> list[float]:
    items = data.get("MultienergyCTCharacteristicsSequence") or ()
    return [float(e) for item in items if (e := item.get("MonoenergeticEnergyEquivalent")) is not None]


def _materials(data: Dataset) -> list[str]:
    return [
        _meaning(code)
        for processing in data.get("MultienergyCTProcessingSequence") or ()
        for material in processing.get("DecompositionMaterialSequence") or ()
        for code in material.get("MaterialCodeSequence") or ()
    ]


def _phases(data: Dataset) -> list[str]:
    usages = data.get("ContrastBolusUsageSequence") or ()
    found = [
        "NO" if u.get("ContrastBolusAgentAdministered") == "NO" else u.get("ContrastBolusAgentPhase") for u in usages
    ]
    return [str(phase).upper() for phase in found if phase]


def _path_voltages(data: Dataset) -> tuple[float, ...]:
    return _distinct(
        float(details.KVP)
        for acquisition in data.get("MultienergyCTAcquisitionSequence") or ()
        for details in acquisition.get("CTXRayDetailsSequence") or ()
        if details.get("KVP")
    )


def _bin(data: Dataset) -> tuple[float, float] | None:
    """Return the thresholds of a photon counter; other detectors state the ends of their spectrum there."""
    found = [
        (float(detector.NominalMinEnergy), float(detector.NominalMaxEnergy))
        for acquisition in data.get("MultienergyCTAcquisitionSequence") or ()
        for detector in acquisition.get("MultienergyCTXRayDetectorSequence") or ()
        if detector.get("MultienergyDetectorType") == "PHOTON_COUNTING"
        and detector.get("NominalMinEnergy")
        and detector.get("NominalMaxEnergy")
    ]
    return found[0] if len(found) == 1 else None


def _mapping(data: Dataset) -> ValueMapping | None:
    """Return the linear mapping, when there is exactly one and it has a unit."""
    items = [i for i in data.get("RealWorldValueMappingSequence") or () if i.get("RealWorldValueSlope") is not None]
    if len(items) != 1 or not items[0].get("MeasurementUnitsCodeSequence"):
        return None
    unit = str(items[0].MeasurementUnitsCodeSequence[0].get("CodeValue") or "")
    return ValueMapping(
        float(items[0].RealWorldValueSlope), float(items[0].get("RealWorldValueIntercept") or 0.0), unit
    )


def _private(data: Dataset, place: tuple[int, int]) -> Any:
    group, offset = place
    try:
        element = data.private_block(group, PHILIPS_CREATOR)[offset]
    except KeyError:
        return None
    return element.value


def _private_energy(data: Dataset) -> float | None:
    try:
        return float(_private(data, PHILIPS_ENERGY))
    except (TypeError, ValueError):
        return None
