"""Classic MR images, one file for each slice, with what each vendor writes in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from study_files import MR_IMAGE, begun, changed, save
from study_plan import SIZE, Kind, Scan, StudyPlan, Vendor, date, time

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom.dataset import Dataset

    Dialect = Callable[[StudyPlan, Scan, int, Dataset], None]

PHILIPS_MR = "Philips MR Imaging DD 001"
COIL_ELEMENTS = {"HeadNeck_20": "HE1-4;NE1,2", "Spine_32": "SP1-4"}


def write_classic_scan(plan: StudyPlan, scan: Scan, folder: Path) -> None:
    """Write one series: a file for each slice of each volume."""
    folder.mkdir(parents=True)
    data = begun(plan, scan, MR_IMAGE)
    _set(data, _common(plan, scan))
    for frame, start_s in enumerate(scan.starts_s):
        data.InstanceCreationTime = time(start_s + SIZE)
        DIALECTS[plan.vendor](plan, scan, frame, data)
        for index in range(plan.slices):
            number = frame * plan.slices + index + 1
            data.InstanceNumber = number
            data.SOPInstanceUID = f"{data.SeriesInstanceUID}.{number}"
            data.ImagePositionPatient = plan.position(scan, index)
            data.SliceLocation = data.ImagePositionPatient[2]
            data.PixelData = plan.pixels(scan, frame, index).tobytes()
            save(changed(data, plan), folder / f"IM{number:04d}.dcm")


def _set(data: Dataset, attributes: dict[str, Any]) -> None:
    for keyword, value in attributes.items():
        setattr(data, keyword, value)


def _common(plan: StudyPlan, scan: Scan) -> dict[str, Any]:
    """What every vendor writes alike."""
    fast = scan.kind is not Kind.ANATOMICAL
    return {
        "ImageType": ["ORIGINAL", "PRIMARY", "M"],
        "ScanningSequence": _scanning_sequence(plan, scan),
        "SequenceVariant": ("SP" if plan.spoiled else "SS") if fast else "SK",
        "ScanOptions": "FS" if plan.fat_suppressed and fast else "PFP",
        "MRAcquisitionType": "3D" if plan.is_3d and fast else "2D",
        "RepetitionTime": 4.0 if fast else 4000.0,
        "EchoTime": 1.5 if fast else 90.0,
        "EchoTrainLength": 1 if fast else 15,
        "FlipAngle": scan.flip_angle_deg,
        "MagneticFieldStrength": plan.field_t,
        "ImagingFrequency": round(42.577 * plan.field_t, 4),
        "ReceiveCoilName": plan.coil,
        "SliceThickness": plan.thickness_mm,
        "SpacingBetweenSlices": plan.spacing_mm,
        "PixelSpacing": [plan.pixel_mm, plan.pixel_mm],
        "AcquisitionMatrix": plan.acquisition_matrix,
        "InPlanePhaseEncodingDirection": "COL",
        "ImageOrientationPatient": plan.orientation,
    } | (_contrast(plan) if scan.kind is Kind.DYNAMIC else {})


def _scanning_sequence(plan: StudyPlan, scan: Scan) -> str | list[str]:
    if scan.kind is Kind.ANATOMICAL:
        return "SE"
    return ["EP", "GR"] if plan.echo_planar and scan.kind is Kind.DYNAMIC else "GR"


def _contrast(plan: StudyPlan) -> dict[str, Any]:
    """Return the Contrast/Bolus module."""
    started = {} if plan.injection_s is None else {"ContrastBolusStartTime": time(plan.injection_s)}
    return {
        "ContrastBolusAgent": plan.agent,
        "ContrastBolusRoute": "IV",
        "ContrastBolusVolume": plan.volume_ml,
        "ContrastBolusTotalDose": plan.volume_ml,
        "ContrastBolusIngredient": "GADOLINIUM",
        "ContrastBolusIngredientConcentration": 604.72,
        "ContrastFlowRate": plan.rate_ml_s,
        "ContrastFlowDuration": round(plan.volume_ml / plan.rate_ml_s, 4),
    } | started


def _acquired(data: Dataset, start_s: float) -> None:
    data.AcquisitionDate, data.AcquisitionTime = date(start_s), time(start_s)
    data.ContentDate, data.ContentTime = date(7200.0), time(7200.0 + start_s / 100)


def _start(plan: StudyPlan, scan: Scan, frame: int) -> float:
    """When a frame started, as the header tells it."""
    return scan.starts_s[frame if plan.timed else 0]


def _siemens(plan: StudyPlan, scan: Scan, frame: int, data: Dataset) -> None:
    """Siemens names coil and fat saturation in private attributes only, and no spacing of 3D slices."""
    data.AcquisitionNumber = frame + 1
    _acquired(data, _start(plan, scan, frame))
    if frame > 0:
        return
    data.Manufacturer, data.ManufacturerModelName = "SIEMENS", "Prisma"
    data.SequenceName = "*fl3d1" if plan.spoiled else "*fi3d1"
    data.SequenceVariant = ["SP", "OSP"] if data.SequenceVariant == "SP" else data.SequenceVariant
    del data.ReceiveCoilName, data.SpacingBetweenSlices
    if plan.private:
        data.private_block(0x0051, "SIEMENS MR HEADER", create=True).add_new(
            0x0F, "LO", COIL_ELEMENTS.get(plan.coil, plan.coil)
        )
        data.private_block(0x0029, "SIEMENS CSA HEADER", create=True).add_new(0x20, "OB", _siemens_protocol(plan, scan))


def _siemens_protocol(plan: StudyPlan, scan: Scan) -> bytes:
    """Return the measurement protocol as Siemens writes it among other things: lines of text."""
    lines = [
        "### ASCCONV BEGIN ###",
        f"lRepetitions = {len(scan.starts_s) - 1}",
        f"sPrepPulses.ucFatSat = {'0x1' if plan.fat_suppressed else '0x4'}",
        f'sCoilSelectMeas.aRxCoilSelectData[0].asList[0].sCoilElementID.tCoilID = "{plan.coil}"',
        "### ASCCONV END ###",
    ]
    text = "SV10" + "\n".join(lines)
    return text.encode("latin-1").ljust(len(text) + len(text) % 2, b"\0")


def _ge(plan: StudyPlan, scan: Scan, frame: int, data: Dataset) -> None:
    """GE has one acquisition time for the series; the frames differ by their trigger time in ms."""
    _acquired(data, scan.starts_s[0])
    if frame == 0:
        data.Manufacturer, data.ManufacturerModelName = "GE MEDICAL SYSTEMS", "SIGNA Premier"
        data.SequenceVariant = ["SS", "SP", "SK"] if data.SequenceVariant == "SP" else data.SequenceVariant
        if plan.private:
            name = "efgre3d" if plan.spoiled else "3dfiesta"
            data.private_block(0x0019, "GEMS_ACQU_01", create=True).add_new(0x9C, "LO", name)
    _temporal_position(plan, scan, frame, data)


def _philips(plan: StudyPlan, scan: Scan, frame: int, data: Dataset) -> None:
    """Philips has one acquisition time for the series; its private attribute holds the start of each dynamic scan."""
    _acquired(data, scan.starts_s[0])
    if frame == 0:
        data.Manufacturer, data.ManufacturerModelName = "Philips Medical Systems", "Ingenia"
        if plan.private:
            block = data.private_block(0x2001, "Philips Imaging DD 001", create=True)
            block.add_new(0x20, "LO", "T1FFE" if plan.spoiled else "B-FFE")
            data.private_block(0x2005, PHILIPS_MR, create=True)
    if plan.private and plan.timed and scan.kind is Kind.DYNAMIC:
        data.private_block(0x2005, PHILIPS_MR).add_new(0xA0, "FL", scan.starts_s[frame])
    _temporal_position(plan, scan, frame, data)


def _canon(plan: StudyPlan, scan: Scan, frame: int, data: Dataset) -> None:
    """Canon has an acquisition time for each volume."""
    data.Manufacturer, data.ManufacturerModelName = "CANON_MEC", "Vantage Galan 3T"
    data.SequenceName = "FFE3D" if plan.spoiled else "TrueSSFP3D"
    data.AcquisitionNumber = frame + 1
    _acquired(data, _start(plan, scan, frame))


def _temporal_position(plan: StudyPlan, scan: Scan, frame: int, data: Dataset) -> None:
    if scan.kind is Kind.DYNAMIC:
        data.TemporalPositionIdentifier, data.NumberOfTemporalPositions = frame + 1, plan.frames
        if plan.timed:
            data.TriggerTime = round(1000.0 * scan.starts_s[frame], 3)


DIALECTS: dict[Vendor, Dialect] = {
    Vendor.SIEMENS: _siemens,
    Vendor.GE: _ge,
    Vendor.PHILIPS: _philips,
    Vendor.CANON: _canon,
}
