"""Enhanced MR images: functional groups instead of a file for each slice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from study_files import ENHANCED_MR_IMAGE, begun, changed, item, save
from study_plan import Kind, Scan, StudyPlan, Vendor, date_time

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset

MAKERS = {
    Vendor.SIEMENS_XA: ("Siemens Healthineers", "MAGNETOM Vida", "*fl3d1"),
    Vendor.PHILIPS_ENHANCED: ("Philips Medical Systems", "Ingenia", "T1FFE"),
    Vendor.CANON_ENHANCED: ("CANON_MEC", "Vantage Galan 3T", "FFE3D"),
}
GADOBUTROL = ("418351005", "SCT", "Gadobutrol")
INTRAVENOUS = ("47625008", "SCT", "Intravenous route")
GADOLINIUM = ("105905005", "SCT", "Gadolinium")


PULSE_SEQUENCE = {
    "MultiPlanarExcitation": "NO",
    "PhaseContrast": "NO",
    "TimeOfFlightContrast": "NO",
    "SteadyStatePulseSequence": "NONE",
    "EchoPlanarPulseSequence": "NO",
    "SaturationRecovery": "NO",
    "OversamplingPhase": "NONE",
    "GeometryOfKSpaceTraversal": "RECTILINEAR",
    "RectilinearPhaseEncodeReordering": "LINEAR",
    "SegmentedKSpaceTraversal": "SINGLE",
    "NumberOfKSpaceTrajectories": 1,
    "CardiacSynchronizationTechnique": "NONE",
    "RespiratoryMotionCompensationTechnique": "NONE",
}
INSTANCE = {
    "ContentQualification": "PRODUCT",
    "ApplicableSafetyStandardAgency": "IEC",
    "ResonantNucleus": "1H",
    "KSpaceFiltering": "NONE",
    "ComplexImageComponent": "MAGNITUDE",
    "VolumetricProperties": "VOLUME",
    "VolumeBasedCalculationTechnique": "NONE",
    "PixelPresentation": "MONOCHROME",
    "PresentationLUTShape": "IDENTITY",
    "BurnedInAnnotation": "NO",
    "LossyImageCompression": "00",
    "SoftwareVersions": "1",
    "AcquisitionContextSequence": [],
}
FRAME_TYPE = (
    "ComplexImageComponent",
    "AcquisitionContrast",
    "VolumetricProperties",
    "VolumeBasedCalculationTechnique",
    "PixelPresentation",
)
MODIFIER = {
    "InversionRecovery": "NO",
    "FlowCompensation": "NONE",
    "T2Preparation": "NO",
    "SpectrallySelectedExcitation": "NONE",
    "SpatialPresaturation": "NONE",
    "PartialFourier": "NO",
    "ParallelAcquisition": "NO",
}
IMAGING = {"MagnetizationTransfer": "NONE", "BloodSignalNulling": "NO", "Tagging": "NONE", "PixelBandwidth": 900.0}
TRANSMIT_COIL = {"TransmitCoilName": "Body", "TransmitCoilManufacturerName": "", "TransmitCoilType": "BODY"}
SAR = {"SpecificAbsorptionRateDefinition": "IEC_HEAD", "SpecificAbsorptionRateValue": 0.5}
MODES = (("STATIC FIELD", "IEC_NORMAL"), ("GRADIENT", "IEC_NORMAL"), ("RF", "IEC_NORMAL"))
FRAME_CONTENT, INDEXED = 0x00209111, (0x00209056, 0x00209057, 0x00209128)
NECK = ("45048000", "SCT", "Neck")


def write_enhanced_scan(plan: StudyPlan, scan: Scan, folder: Path) -> None:
    """Write one series: a file for each time point (Siemens), or one file for all of them."""
    folder.mkdir(parents=True)
    every = range(len(scan.starts_s))
    files = [[frame] for frame in every] if plan.vendor is Vendor.SIEMENS_XA else [list(every)]
    for number, frames in enumerate(files, 1):
        save(changed(_file(plan, scan, number, frames), plan), folder / f"EN{number:04d}.dcm")


def _code(code: tuple[str, str, str], **more: Any) -> Dataset:
    value, scheme, meaning = code
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning, **more)


def _file(plan: StudyPlan, scan: Scan, number: int, frames: list[int]) -> Dataset:
    data = begun(plan, scan, ENHANCED_MR_IMAGE)
    fast = scan.kind is not Kind.ANATOMICAL
    data.SOPInstanceUID = f"{data.SeriesInstanceUID}.{number}"
    data.Manufacturer, data.ManufacturerModelName, spoiled_name = MAKERS[plan.vendor]
    data.PulseSequenceName = spoiled_name if plan.spoiled else "FFE"
    data.ImageType = ["ORIGINAL", "PRIMARY", "T1" if fast else "T2", "NONE"]
    data.InstanceNumber = data.AcquisitionNumber = number
    data.AcquisitionDateTime = date_time(_start(plan, scan, frames[0]))
    data.AcquisitionDuration = plan.interval_s * len(frames)
    data.MRAcquisitionType = "3D" if plan.is_3d and fast else "2D"
    data.EchoPulseSequence = "GRADIENT" if fast else "SPIN"
    data.SpectrallySelectedSuppression = "FAT" if plan.fat_suppressed else "NONE"
    data.MagneticFieldStrength = plan.field_t
    data.AcquisitionContrast = "T1" if fast else "T2"
    for keyword, value in (PULSE_SEQUENCE | INSTANCE).items():
        setattr(data, keyword, value)
    data.ContentDate, data.ContentTime = data.StudyDate, data.StudyTime
    if fast:
        data.CoverageOfKSpace = "FULL"
    else:
        data.MultipleSpinEcho = "NO"
    uid = f"{data.SeriesInstanceUID}.0"
    data.DimensionOrganizationSequence = [item(DimensionOrganizationUID=uid)]
    data.DimensionIndexSequence = [
        item(DimensionIndexPointer=pointer, FunctionalGroupPointer=FRAME_CONTENT, DimensionOrganizationUID=uid)
        for pointer in INDEXED
    ]
    data.NumberOfFrames = len(frames) * plan.slices
    if scan.kind is Kind.DYNAMIC:
        data.ContrastBolusAgentSequence = [_agent(plan)]
        data.EchoPlanarPulseSequence = "YES" if plan.echo_planar else "NO"
    data.SharedFunctionalGroupsSequence = [_shared(plan, scan)]
    frame_type = item(FrameType=data.ImageType, **{keyword: data[keyword].value for keyword in FRAME_TYPE})
    data.SharedFunctionalGroupsSequence[0].MRImageFrameTypeSequence = [frame_type]
    data.PerFrameFunctionalGroupsSequence = [
        _frame(plan, scan, frame, index) for frame in frames for index in range(plan.slices)
    ]
    pixels = [plan.pixels(scan, frame, index) for frame in frames for index in range(plan.slices)]
    data.PixelData = np.stack(pixels).tobytes()
    return data


def _start(plan: StudyPlan, scan: Scan, frame: int) -> float:
    """When a frame started, as the header tells it."""
    return scan.starts_s[frame if plan.timed else 0]


def _agent(plan: StudyPlan) -> Dataset:
    """Return an item of the Enhanced Contrast/Bolus module."""
    profile = item(
        ContrastBolusVolume=plan.volume_ml,
        ContrastFlowRate=plan.rate_ml_s,
        ContrastFlowDuration=round(plan.volume_ml / plan.rate_ml_s, 4),
    )
    if plan.injection_s is not None:
        profile.ContrastBolusStartTime = date_time(plan.injection_s)[8:]
    return _code(
        GADOBUTROL,
        ContrastBolusAgentNumber=1,
        ContrastBolusAdministrationRouteSequence=[_code(INTRAVENOUS)],
        ContrastBolusIngredientCodeSequence=[_code(GADOLINIUM)],
        ContrastBolusVolume=plan.volume_ml,
        ContrastBolusIngredientConcentration=604.72,
        ContrastAdministrationProfileSequence=[profile],
    )


def _shared(plan: StudyPlan, scan: Scan) -> Dataset:
    """Return the functional groups that hold for all frames."""
    fast = scan.kind is not Kind.ANATOMICAL
    spoiling = "RF" if plan.spoiled and fast else "NONE"
    orientation = item(ImageOrientationPatient=plan.orientation)
    rescale = item(RescaleIntercept=0.0, RescaleSlope=1.0, RescaleType="US")
    return item(
        FrameAnatomySequence=[item(AnatomicRegionSequence=[_code(NECK)], FrameLaterality="U")],
        MRImagingModifierSequence=[item(TransmitterFrequency=round(42.577 * plan.field_t, 4), **IMAGING)],
        MRReceiveCoilSequence=[_coil(plan)],
        MRTransmitCoilSequence=[item(**TRANSMIT_COIL)],
        MRTimingAndRelatedParametersSequence=[_timing(scan)],
        MRAveragesSequence=[item(NumberOfAverages=1)],
        MREchoSequence=[item(EffectiveEchoTime=1.5 if fast else 90.0)],
        MRModifierSequence=[item(Spoiling=spoiling, **MODIFIER)],
        MRFOVGeometrySequence=[_field_of_view(plan)],
        PlaneOrientationSequence=[orientation],
        PixelMeasuresSequence=[_measures(plan)],
        PixelValueTransformationSequence=[rescale],
    )


def _coil(plan: StudyPlan) -> Dataset:
    element = item(MultiCoilElementName="ELEMENT", MultiCoilElementUsed="YES")
    return item(
        ReceiveCoilName=plan.coil,
        ReceiveCoilManufacturerName="",
        ReceiveCoilType="MULTICOIL",
        QuadratureReceiveCoil="NO",
        MultiCoilDefinitionSequence=[element],
    )


def _timing(scan: Scan) -> Dataset:
    fast = scan.kind is not Kind.ANATOMICAL
    return item(
        RepetitionTime=4.0 if fast else 4000.0,
        FlipAngle=scan.flip_angle_deg,
        EchoTrainLength=1 if fast else 15,
        RFEchoTrainLength=0 if fast else 15,
        GradientEchoTrainLength=1 if fast else 0,
        GradientOutputType="DB_DT",
        GradientOutput=40.0,
        SpecificAbsorptionRateSequence=[item(**SAR)],
        OperatingModeSequence=[item(OperatingModeType=kind, OperatingMode=mode) for kind, mode in MODES],
    )


def _field_of_view(plan: StudyPlan) -> Dataset:
    steps = plan.acquisition_matrix
    return item(
        InPlanePhaseEncodingDirection="COLUMN",
        MRAcquisitionFrequencyEncodingSteps=steps[0],
        MRAcquisitionPhaseEncodingStepsInPlane=steps[3],
        MRAcquisitionPhaseEncodingStepsOutOfPlane=plan.slices,
        PercentPhaseFieldOfView=100.0,
        PercentSampling=100.0,
    )


def _measures(plan: StudyPlan) -> Dataset:
    return item(
        SliceThickness=plan.thickness_mm,
        SpacingBetweenSlices=plan.spacing_mm,
        PixelSpacing=[plan.pixel_mm, plan.pixel_mm],
    )


def _frame(plan: StudyPlan, scan: Scan, frame: int, index: int) -> Dataset:
    start_s = _start(plan, scan, frame)
    point = 1 if plan.vendor is Vendor.SIEMENS_XA else frame + 1
    content = item(
        FrameAcquisitionDateTime=date_time(start_s),
        FrameReferenceDateTime=date_time(start_s),
        FrameAcquisitionDuration=1000.0 * plan.interval_s,
        StackID="1",
        InStackPositionNumber=index + 1,
        TemporalPositionIndex=point,
        DimensionIndexValues=[1, index + 1, point],
    )
    groups = item(
        FrameContentSequence=[content],
        PlanePositionSequence=[item(ImagePositionPatient=plan.position(scan, index))],
    )
    if scan.kind is Kind.DYNAMIC and plan.injection_s is not None:
        given = "YES" if scan.starts_s[frame] >= plan.injection_s else "NO"
        usage = item(ContrastBolusAgentNumber=1, ContrastBolusAgentAdministered=given, ContrastBolusAgentDetected="")
        groups.ContrastBolusUsageSequence = [usage]
    return groups
