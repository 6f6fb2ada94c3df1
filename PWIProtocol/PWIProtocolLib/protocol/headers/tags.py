"""The DICOM attributes that the protocol check reads, with their value type and the range a sound value lies in.

Numbers, types and keywords: DICOM PS3.6, PS3.3 C.8.3 (MR Image) and C.8.13 (Enhanced MR Image). Nothing that tells who
the patient is stands in this table, so none of it is ever read.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import NamedTuple


class Limits(NamedTuple):
    """Range of a sound value: above ``low`` (or at it, when ``closed``) and at most ``high``."""

    low: float
    high: float
    closed: bool = True


ANY = Limits(-1e6, 1e6)
NOT_NEGATIVE = Limits(0.0, 1e9)
POSITIVE = Limits(0.0, 1e6, closed=False)
POSITIVE_MM = Limits(0.0, 1e4, closed=False)
DEGREES = Limits(0.0, 360.0, closed=False)
COSINE = Limits(-1.001, 1.001)


class Tag(IntEnum):
    """Attributes by keyword; the value is the tag number, ``vr`` the value type, ``limits`` the sound range."""

    vr: str
    limits: Limits

    def __new__(cls, number: int, vr: str, limits: Limits = ANY) -> Tag:
        """Carry the value type and the range beside the number."""
        tag = int.__new__(cls, number)
        tag._value_ = number
        tag.vr = vr
        tag.limits = limits
        return tag

    @property
    def label(self) -> str:
        """Keyword and number as shown to users: ``FlipAngle (0018,1314)``."""
        return f"{self.name} ({self >> 16:04X},{self & 0xFFFF:04X})"

    SpecificCharacterSet = 0x00080005, "CS"
    ImageType = 0x00080008, "CS"
    SOPClassUID = 0x00080016, "UI"
    SOPInstanceUID = 0x00080018, "UI"
    AcquisitionDate = 0x00080022, "DA"
    AcquisitionDateTime = 0x0008002A, "DT"
    AcquisitionTime = 0x00080032, "TM"
    Modality = 0x00080060, "CS"
    Manufacturer = 0x00080070, "LO"
    SeriesDescription = 0x0008103E, "LO"
    ManufacturerModelName = 0x00081090, "LO"
    ComplexImageComponent = 0x00089208, "CS"
    AcquisitionContrast = 0x00089209, "CS"
    VolumetricProperties = 0x00089206, "CS"
    FrameType = 0x00089007, "CS"
    PatientWeight = 0x00101030, "DS", Limits(0.0, 700.0, closed=False)
    CodeMeaning = 0x00080104, "LO"
    ContrastBolusAgent = 0x00180010, "LO"
    ContrastBolusAgentSequence = 0x00180012, "SQ"
    ContrastBolusAdministrationRouteSequence = 0x00180014, "SQ"
    ScanningSequence = 0x00180020, "CS"
    SequenceVariant = 0x00180021, "CS"
    ScanOptions = 0x00180022, "CS"
    MRAcquisitionType = 0x00180023, "CS"
    SequenceName = 0x00180024, "SH"
    SliceThickness = 0x00180050, "DS", POSITIVE_MM
    RepetitionTime = 0x00180080, "DS", POSITIVE
    EchoTime = 0x00180081, "DS", NOT_NEGATIVE
    InversionTime = 0x00180082, "DS", NOT_NEGATIVE
    ImagingFrequency = 0x00180084, "DS", POSITIVE
    EchoNumbers = 0x00180086, "IS", NOT_NEGATIVE
    MagneticFieldStrength = 0x00180087, "DS", POSITIVE
    SpacingBetweenSlices = 0x00180088, "DS", Limits(-1e4, 1e4)
    EchoTrainLength = 0x00180091, "IS", NOT_NEGATIVE
    PercentSampling = 0x00180093, "DS", POSITIVE
    PercentPhaseFieldOfView = 0x00180094, "DS", POSITIVE
    ProtocolName = 0x00181030, "LO"
    ContrastBolusRoute = 0x00181040, "LO"
    ContrastBolusVolume = 0x00181041, "DS", NOT_NEGATIVE
    ContrastBolusStartTime = 0x00181042, "TM"
    ContrastBolusStopTime = 0x00181043, "TM"
    ContrastBolusTotalDose = 0x00181044, "DS", NOT_NEGATIVE
    ContrastFlowRate = 0x00181046, "DS", NOT_NEGATIVE
    ContrastFlowDuration = 0x00181047, "DS", NOT_NEGATIVE
    ContrastBolusIngredient = 0x00181048, "CS"
    ContrastBolusIngredientConcentration = 0x00181049, "DS", NOT_NEGATIVE
    TriggerTime = 0x00181060, "DS", Limits(0.0, 1e8)
    ReceiveCoilName = 0x00181250, "SH"
    AcquisitionMatrix = 0x00181310, "US", Limits(0, 65535)
    InPlanePhaseEncodingDirection = 0x00181312, "CS"
    FlipAngle = 0x00181314, "DS", DEGREES
    MRImagingModifierSequence = 0x00189006, "SQ"
    PulseSequenceName = 0x00189005, "SH"
    EchoPulseSequence = 0x00189008, "CS"
    Spoiling = 0x00189016, "CS"
    SteadyStatePulseSequence = 0x00189017, "CS"
    EchoPlanarPulseSequence = 0x00189018, "CS"
    SpectrallySelectedSuppression = 0x00189025, "CS"
    SpectrallySelectedExcitation = 0x00189026, "CS"
    MRReceiveCoilSequence = 0x00189042, "SQ"
    ReceiveCoilType = 0x00189043, "CS"
    MultiCoilDefinitionSequence = 0x00189045, "SQ"
    MultiCoilElementName = 0x00189047, "SH"
    MultiCoilElementUsed = 0x00189048, "CS"
    MRAcquisitionFrequencyEncodingSteps = 0x00189058, "US", Limits(1, 65535)
    AcquisitionDuration = 0x00189073, "FD", Limits(0.0, 1e6)
    FrameAcquisitionDateTime = 0x00189074, "DT"
    DiffusionDirectionality = 0x00189075, "CS"
    EffectiveEchoTime = 0x00189082, "FD", NOT_NEGATIVE
    DiffusionBValue = 0x00189087, "FD", NOT_NEGATIVE
    MRTimingAndRelatedParametersSequence = 0x00189112, "SQ"
    MREchoSequence = 0x00189114, "SQ"
    MRModifierSequence = 0x00189115, "SQ"
    MRDiffusionSequence = 0x00189117, "SQ"
    MRFOVGeometrySequence = 0x00189125, "SQ"
    FrameReferenceDateTime = 0x00189151, "DT"
    FrameAcquisitionDuration = 0x00189220, "FD", NOT_NEGATIVE
    MRImageFrameTypeSequence = 0x00189226, "SQ"
    MRAcquisitionPhaseEncodingStepsInPlane = 0x00189231, "US", Limits(1, 65535)
    ArterialSpinLabelingContrast = 0x00189250, "CS"
    ContrastBolusAgentNumber = 0x00189337, "US", Limits(0, 65535)
    ContrastBolusIngredientCodeSequence = 0x00189338, "SQ"
    ContrastAdministrationProfileSequence = 0x00189340, "SQ"
    ContrastBolusUsageSequence = 0x00189341, "SQ"
    ContrastBolusAgentAdministered = 0x00189342, "CS"
    ContrastBolusAgentDetected = 0x00189343, "CS"
    ContrastBolusAgentPhase = 0x00189344, "CS"
    StudyInstanceUID = 0x0020000D, "UI"
    SeriesInstanceUID = 0x0020000E, "UI"
    SeriesNumber = 0x00200011, "IS"
    AcquisitionNumber = 0x00200012, "IS"
    InstanceNumber = 0x00200013, "IS", Limits(-1e9, 1e9)
    ImagePositionPatient = 0x00200032, "DS", Limits(-1e5, 1e5)
    ImageOrientationPatient = 0x00200037, "DS", COSINE
    FrameOfReferenceUID = 0x00200052, "UI"
    TemporalPositionIdentifier = 0x00200100, "IS", Limits(0, 1e6)
    NumberOfTemporalPositions = 0x00200105, "IS", Limits(0, 1e6)
    StackID = 0x00209056, "SH"
    InStackPositionNumber = 0x00209057, "UL", Limits(0, 1e9)
    FrameContentSequence = 0x00209111, "SQ"
    PlanePositionSequence = 0x00209113, "SQ"
    PlaneOrientationSequence = 0x00209116, "SQ"
    TemporalPositionIndex = 0x00209128, "UL", Limits(0, 1e9)
    SamplesPerPixel = 0x00280002, "US", Limits(1, 65535)
    NumberOfFrames = 0x00280008, "IS", Limits(1, 1e7)
    Rows = 0x00280010, "US", Limits(1, 65535)
    Columns = 0x00280011, "US", Limits(1, 65535)
    PixelSpacing = 0x00280030, "DS", POSITIVE_MM
    PixelMeasuresSequence = 0x00289110, "SQ"
    PixelValueTransformationSequence = 0x00289145, "SQ"
    RescaleIntercept = 0x00281052, "DS", Limits(-1e9, 1e9)
    RescaleSlope = 0x00281053, "DS", Limits(-1e9, 1e9)
    SharedFunctionalGroupsSequence = 0x52009229, "SQ"
    PerFrameFunctionalGroupsSequence = 0x52009230, "SQ"


class PrivateTag(Enum):
    """Attributes of one vendor, found through the name of the block that holds them (PS3.5 7.8.1).

    The value is (group, creator of the block, element inside the block, value type).
    """

    GE_PULSE_SEQUENCE = (0x0019, "GEMS_ACQU_01", 0x9C, "LO")
    GE_ACQUISITION_DURATION = (0x0019, "GEMS_ACQU_01", 0x5A, "FL")
    SIEMENS_CSA_IMAGE = (0x0029, "SIEMENS CSA HEADER", 0x10, "OB")
    SIEMENS_CSA_SERIES = (0x0029, "SIEMENS CSA HEADER", 0x20, "OB")
    SIEMENS_COIL = (0x0051, "SIEMENS MR HEADER", 0x0F, "LO")
    PHILIPS_TECHNIQUE = (0x2001, "Philips Imaging DD 001", 0x20, "LO")
    PHILIPS_SPIR = (0x2001, "Philips Imaging DD 001", 0x21, "CS")
    PHILIPS_DYNAMIC_SCAN_BEGIN = (0x2005, "Philips MR Imaging DD 001", 0xA0, "FL")
    PHILIPS_SCALE_SLOPE = (0x2005, "Philips MR Imaging DD 001", 0x0E, "FL")

    @property
    def group(self) -> int:
        """Group number."""
        return self.value[0]

    @property
    def creator(self) -> str:
        """Name that reserves the block."""
        return self.value[1]

    @property
    def element(self) -> int:
        """Element number inside the block, 0 to 255."""
        return self.value[2]

    @property
    def vr(self) -> str:
        """Value type."""
        return self.value[3]

    @property
    def label(self) -> str:
        """As shown to users, with the usual block: ``Philips MR Imaging DD 001 (2005,10A0)``."""
        return f"{self.creator} ({self.group:04X},10{self.element:02X})"
