"""The attributes of a derived CT image: what it keeps of its source, where it comes from, what its values are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pydicom import Dataset

MANUFACTURER = "HeadNeckNodes"
KEPT = (
    # Patient and Patient Study
    "SpecificCharacterSet PatientName PatientID IssuerOfPatientID PatientBirthDate PatientSex PatientAge PatientSize "
    "PatientWeight PatientIdentityRemoved DeidentificationMethod OtherPatientIDsSequence "
    # General Study
    "StudyInstanceUID StudyDate StudyTime StudyID StudyDescription AccessionNumber ReferringPhysicianName "
    # General Series, Frame of Reference
    "BodyPartExamined Laterality PatientPosition FrameOfReferenceUID PositionReferenceIndicator "
    "AnatomicalOrientationType "
    # Acquisition and contrast agent of the examination
    "AcquisitionNumber AcquisitionDate AcquisitionTime AcquisitionDateTime KVP ConvolutionKernel ContrastBolusAgent "
    "ContrastBolusIngredient ContrastBolusAgentSequence MultienergyCTAcquisitionSequence "
    # Image Plane
    "ImagePositionPatient ImageOrientationPatient PixelSpacing SliceThickness SpacingBetweenSlices SliceLocation "
    # A derived image has lost what its source had lost
    "LossyImageCompression LossyImageCompressionRatio LossyImageCompressionMethod"
)
REQUIRED_EMPTY = (
    "PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime StudyID AccessionNumber "
    "ReferringPhysicianName KVP AcquisitionNumber PositionReferenceIndicator PatientPosition"
)
"""Attributes that must be there even when the source has none (type 2)."""


@dataclass(frozen=True)
class Code:
    """A coded concept."""

    value: str
    scheme: str
    meaning: str


HOUNSFIELD = Code("[hnsf'U]", "UCUM", "Hounsfield unit")
MG_PER_ML = Code("mg/ml", "UCUM", "mg/ml")
PERCENT = Code("%", "UCUM", "Percent")
QUANTITY = Code("246205007", "SCT", "Quantity")
SUBSTANCE = Code("105590001", "SCT", "Substance")
ATTENUATION = Code("110850", "DCM", "X-Ray Attenuation")
CONCENTRATION = Code("122093", "DCM", "Concentration")
FAT_FRACTION = Code("129100", "DCM", "Fat fraction")
WATER = Code("11713004", "SCT", "Water")
MATERIAL_MAPS = ("MAT_SPECIFIC", "MAT_FRACTIONAL", "MAT_VALUE_BASED")
HOUNSFIELD_UNITS = {"HU", "HU_MOD", "[hnsf'U]", "129321"}
IODINE = Code("44588005", "SCT", "Iodine")
SOURCE_IMAGE = Code("121322", "DCM", "Source image for image processing operation")
ACQUISITION_EQUIPMENT = Code("109101", "DCM", "Acquisition Equipment")


@dataclass(frozen=True)
class DerivedMap:
    """What a map shows and how it was computed.

    Attributes
    ----------
    image_type : Image Type value 4: ``VMI``, ``MAT_SPECIFIC``, ``MAT_REMOVED`` or ``MAT_FRACTIONAL``.
    name : Series Description.
    how : Derivation Description: weights and what they rest on.
    basis : Decomposition Description.
    rescale_type, unit : unit of the values, as Rescale Type writes it and as code.
    step : value of one stored step, in that unit.
    quantity : what the values are, as concepts with their values (Quantity Definition Sequence).
    materials : basis materials, where they are pure and have a code.
    kev : energy of a monochromatic map.
    window : centre and width to show it with.
    """

    image_type: str
    name: str
    how: str
    basis: str
    rescale_type: str
    unit: Code
    step: float
    quantity: tuple[tuple[Code, Code], ...] = ()
    materials: tuple[Code, ...] = ()
    kev: float | None = None
    window: tuple[float, float] = (40.0, 400.0)

    def __post_init__(self) -> None:
        """Refuse HU on a map of a material: a viewer would show concentration as attenuation."""
        if self.image_type in MATERIAL_MAPS and HOUNSFIELD_UNITS & {self.rescale_type, self.unit.value}:
            raise InputError(f"{self.name}: a map of a material is no attenuation and cannot be in HU; state its unit")


def copied(source: Dataset, frame_uid: str) -> Dataset:
    """Return a new image with patient, study, place and acquisition of the source; without private attributes."""
    from pydicom import Dataset

    data = Dataset()
    for name in KEPT.split():
        if name in source:
            data[name] = source[name]
    for name in REQUIRED_EMPTY.split():
        if name not in data:
            setattr(data, name, None)
    if not data.get("BodyPartExamined") and "Laterality" not in data:
        data.Laterality = None  # type 2C: it may only be missing where the body part is known to be unpaired
    if not data.get("FrameOfReferenceUID"):
        data.FrameOfReferenceUID = frame_uid
    data.ContributingEquipmentSequence = [_equipment(source)]
    return data


def new_identity(data: Dataset, series_uid: str, now: datetime, software: str) -> None:
    """Make it an image of its own, in a series of its own, made by this program now."""
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    data.SOPClassUID, data.SOPInstanceUID, data.SeriesInstanceUID = CTImageStorage, generate_uid(), series_uid
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = CTImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.Modality, data.Manufacturer, data.ManufacturerModelName = "CT", MANUFACTURER, MANUFACTURER
    data.SoftwareVersions = software
    data.SeriesDate = data.ContentDate = data.InstanceCreationDate = now.strftime("%Y%m%d")
    data.SeriesTime = data.ContentTime = data.InstanceCreationTime = now.strftime("%H%M%S")
    data.TimezoneOffsetFromUTC = now.strftime("%z")


def derivation(data: Dataset, parents: Sequence[Dataset], derived: DerivedMap) -> None:
    """State that the image is derived, from what, and how; ``parents`` are those of the same section first."""
    data.ImageType = ["DERIVED", "SECONDARY", "AXIAL", derived.image_type]
    data.SeriesDescription = derived.name
    data.DerivationDescription = derived.how
    data.BurnedInAnnotation = "NO"
    data.SourceImageSequence = [_reference(parent, with_purpose=True) for parent in parents]
    by_series: dict[str, list[Dataset]] = {}
    for parent in parents:
        by_series.setdefault(str(parent.SeriesInstanceUID), []).append(_reference(parent))
    data.ReferencedSeriesSequence = [
        _item(SeriesInstanceUID=u, ReferencedInstanceSequence=r) for u, r in by_series.items()
    ]


def energy_attributes(data: Dataset, derived: DerivedMap) -> None:
    """Add the multi-energy attributes; the image calls itself multi-energy when its acquisition is described."""
    if data.get("MultienergyCTAcquisitionSequence"):
        # The module is then complete. Without it the flag would promise attributes that nobody knows.
        data.MultienergyCTAcquisition = "YES"
    materials = [_item(MaterialCodeSequence=[_coded(code)]) for code in derived.materials]
    processing = _item(DecompositionMethod="IMAGE_BASED", DecompositionDescription=derived.basis)
    if materials:
        processing.DecompositionMaterialSequence = materials
    data.MultienergyCTProcessingSequence = [processing]
    if derived.kev is not None:
        data.MultienergyCTCharacteristicsSequence = [_item(MonoenergeticEnergyEquivalent=float(derived.kev))]


def value_units(data: Dataset, derived: DerivedMap) -> None:
    """State the unit twice: as rescale type, which viewers read, and as real world value with a code."""
    data.RescaleIntercept, data.RescaleSlope, data.RescaleType = 0, derived.step, derived.rescale_type
    data.WindowCenter, data.WindowWidth = derived.window
    mapping = _item(
        LUTExplanation=derived.name,
        LUTLabel=derived.rescale_type,
        RealWorldValueIntercept=0.0,
        RealWorldValueSlope=float(derived.step),
        MeasurementUnitsCodeSequence=[_coded(derived.unit)],
    )
    if derived.quantity:
        mapping.QuantityDefinitionSequence = [
            _item(ValueType="CODE", ConceptNameCodeSequence=[_coded(name)], ConceptCodeSequence=[_coded(value)])
            for name, value in derived.quantity
        ]
    mapping.add_new("RealWorldValueFirstValueMapped", "SS", -32768)
    mapping.add_new("RealWorldValueLastValueMapped", "SS", 32767)
    data.RealWorldValueMappingSequence = [mapping]


def _reference(parent: Dataset, *, with_purpose: bool = False) -> Dataset:
    item = _item(ReferencedSOPClassUID=parent.SOPClassUID, ReferencedSOPInstanceUID=parent.SOPInstanceUID)
    if with_purpose:
        item.PurposeOfReferenceCodeSequence = [_coded(SOURCE_IMAGE)]
    return item


def _equipment(source: Dataset) -> Dataset:
    item = _item(
        PurposeOfReferenceCodeSequence=[_coded(ACQUISITION_EQUIPMENT)],
        Manufacturer=str(source.get("Manufacturer") or "unknown"),
    )
    for name in ("ManufacturerModelName", "SoftwareVersions"):
        if source.get(name):
            setattr(item, name, source.get(name))
    return item


def _coded(code: Code) -> Dataset:
    return _item(CodeValue=code.value, CodingSchemeDesignator=code.scheme, CodeMeaning=code.meaning)


def _item(**attributes: object) -> Dataset:
    from pydicom import Dataset

    item = Dataset()
    for name, value in attributes.items():
        setattr(item, name, value)
    return item
