"""DICOM objects as other programs write them: with names of people, devices and programs in every place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pydicom import Dataset

UID = "1.2.276.0.7230010.3.1.4.1234567"
DEVICE = {"manufacturer": "Acme", "manufacturer_model_name": "Segmenter 3", "software_versions": "1.2"}


def an_image(name: str) -> Dataset:
    """Return an image that pydicom brings along."""
    import pydicom
    from pydicom.data import get_testdata_file

    return pydicom.dcmread(str(get_testdata_file(name)))


def a_code(value: str, scheme: str, meaning: str) -> Dataset:
    """Return an item of a code sequence."""
    return an_item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def an_item(**values: Any) -> Dataset:
    """Return an item with these attributes."""
    import pydicom

    item = pydicom.Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def a_segmentation(kind: str) -> Dataset:
    """Return a segmentation by a program that names itself and its user."""
    import highdicom
    from highdicom.seg import Segmentation, SegmentDescription
    from pydicom.sr.codedict import codes

    source = an_image("CT_small.dcm")
    algorithm = highdicom.AlgorithmIdentificationSequence("Quastennet", codes.DCM.ArtificialIntelligence, "v1")
    segment = SegmentDescription(
        1, "Brackenbury node", codes.SCT.Tissue, codes.SCT.LymphNode, "AUTOMATIC", algorithm, UID, "Brackenbury"
    )
    mask = np.zeros((1, *source.pixel_array.shape), np.uint8)
    mask[0, 40:50, 40:50] = 1
    return Segmentation(
        [source], mask, kind, [segment], f"{UID}.1", 7, f"{UID}.2", 1, device_serial_number="SN-4711",
        content_creator_name="Brackenbury^Tobias", **DEVICE,
    )  # fmt: skip


def a_parametric_map() -> Dataset:
    """Return a map of Ktrans, say, whose mapping is named by a person."""
    import highdicom

    source = an_image("MR_small.dcm")
    values = np.ones((1, *source.pixel_array.shape), np.float32)
    unit = highdicom.sr.CodedConcept("/min", "UCUM", "/min")
    mapping = highdicom.pm.RealWorldValueMapping("Brackenbury", "of Brackenbury", unit, (0.0, 1.0), 0.0, 1.0)
    return highdicom.pm.ParametricMap(
        [source], values, f"{UID}.1", 7, f"{UID}.2", 1, device_serial_number="SN-4711",
        contains_recognizable_visual_features=False, real_world_value_mappings=[mapping],
        window_center=0.5, window_width=1, **DEVICE,
    )  # fmt: skip


def an_enhanced_image(modality: str) -> Dataset:
    """Return an enhanced CT or MR image of two frames, one of which has nothing of its own that may stay."""
    data = an_image(f"{modality}_small.dcm")
    plane, frame_type = data.pixel_array, ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    data.SOPClassUID = f"1.2.840.10008.5.1.4.1.1.{2 if modality == 'CT' else 4}.1"
    data.NumberOfFrames, data.PixelData = 2, np.stack([plane, plane]).tobytes()
    data.ImageType, data.ContentDate, data.ContentTime = frame_type, "20250607", "101112"
    data.DeviceSerialNumber, data.SoftwareVersions = "SN-4711", "1.2"
    data.Manufacturer, data.ManufacturerModelName = "Acme", "Scanner 3"
    common = {
        "PixelPresentation": "MONOCHROME",
        "VolumetricProperties": "VOLUME",
        "VolumeBasedCalculationTechnique": "NONE",
    }
    for keyword, value in common.items():
        setattr(data, keyword, value)
    kinds = _of_ct if modality == "CT" else _of_mr
    data.SharedFunctionalGroupsSequence = [kinds(an_item(FrameType=frame_type, **common))]
    positions = an_item(PlanePositionSequence=[an_item(ImagePositionPatient=[0, 0, 0])])
    comment = an_item(FrameContentSequence=[an_item(FrameComments="Brackenbury")])
    data.PerFrameFunctionalGroupsSequence = [positions, comment]
    return data


def _of_ct(frame_type: Dataset) -> Dataset:
    return an_item(
        CTImageFrameTypeSequence=[frame_type],
        CTAcquisitionTypeSequence=[
            an_item(AcquisitionType="SPIRAL", TubeAngle=0.0, ConstantVolumeFlag="NO", FluoroscopyFlag="NO")
        ],
        CTTableDynamicsSequence=[an_item(TableSpeed=30.0, TableFeedPerRotation=20.0, SpiralPitchFactor=0.9)],
        CTPositionSequence=[an_item(TablePosition=1.0, ReconstructionTargetCenterPatient=[0.0, 0.0, 0.0])],
        CTGeometrySequence=[an_item(DistanceSourceToDetector=1000.0, DistanceSourceToDataCollectionCenter=500.0)],
        CTReconstructionSequence=[
            an_item(ReconstructionAlgorithm="FILTER_BACK_PROJ", ConvolutionKernel="B30", ConvolutionKernelGroup="BRAIN",
                    ReconstructionDiameter=200.0, ReconstructionAngle=360.0, ImageFilter="NONE")
        ],
        CTExposureSequence=[an_item(ExposureTimeInms=500.0, XRayTubeCurrentInmA=200.0, ExposureModulationType="NONE")],
        CTXRayDetailsSequence=[an_item(KVP=120.0, FocalSpots=[1.2], FilterType="FLAT", FilterMaterial=["ALUMINUM"])],
        IrradiationEventIdentificationSequence=[an_item(IrradiationEventUID=f"{UID}.9")],
    )  # fmt: skip


def _of_mr(frame_type: Dataset) -> Dataset:
    coil = an_item(MultiCoilElementName="BRACKENBURY", MultiCoilElementUsed="YES")
    return an_item(
        MRImageFrameTypeSequence=[frame_type],
        MRReceiveCoilSequence=[
            an_item(ReceiveCoilName="HN", ReceiveCoilManufacturerName="Acme", ReceiveCoilType="MULTICOIL",
                    QuadratureReceiveCoil="YES", MultiCoilDefinitionSequence=[coil])
        ],
        MRTransmitCoilSequence=[
            an_item(TransmitCoilName="B", TransmitCoilManufacturerName="Acme", TransmitCoilType="BODY")
        ],
        MRSpatialSaturationSequence=[
            an_item(SlabThickness=40.0, SlabOrientation=[0.0, 0.0, 1.0], MidSlabPosition=[0.0, 0.0, 0.0])
        ],
    )  # fmt: skip


def a_report(sop_class: str, template: str) -> Dataset:
    """Return a report or a selection of key objects with a named observer."""
    data = an_image("CT_small.dcm")
    for keyword in ("PixelData", "Rows", "Columns"):
        del data[keyword]
    reference = an_item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2", ReferencedSOPInstanceUID=f"{UID}.5")
    series = an_item(SeriesInstanceUID=f"{UID}.4", ReferencedSOPSequence=[reference])
    data.CurrentRequestedProcedureEvidenceSequence = [an_item(StudyInstanceUID=UID, ReferencedSeriesSequence=[series])]
    data.SOPClassUID, data.Modality = sop_class, "KO" if sop_class.endswith("59") else "SR"
    data.ValueType, data.ContinuityOfContent = "CONTAINER", "SEPARATE"
    data.CompletionFlag, data.VerificationFlag = "COMPLETE", "UNVERIFIED"
    data.ContentDate, data.ContentTime = "20250607", "101112"
    data.ReferencedPerformedProcedureStepSequence, data.PerformedProcedureCodeSequence = [], []
    data.ConceptNameCodeSequence = [a_code("113000", "DCM", "Of Interest")]
    data.ContentTemplateSequence = [an_item(MappingResource="DCMR", TemplateIdentifier=template)]
    image = an_item(RelationshipType="CONTAINS", ValueType="IMAGE", ReferencedSOPSequence=[reference])
    name = a_code("121008", "DCM", "Person Observer Name")
    person = an_item(RelationshipType="HAS OBS CONTEXT", ValueType="PNAME", PersonName="Brackenbury^Tobias")
    person.ConceptNameCodeSequence = [name]
    data.ContentSequence = [person, image]
    return data
