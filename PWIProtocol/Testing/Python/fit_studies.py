"""A dynamic study whose Ktrans, ve and vp are known, with its flip angles, as NRRD and as DICOM, and its segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from PWIProtocolLib.kinetics import population_aif, signal_of_concentration, spoiled_signal, tissue_curves
from study_builders import AXIAL, CLASSIC_MR, clock

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SHAPE = (3, 20, 24)
SPACING_MM = (1.5, 1.5, 3.0)
ORIGIN_LPS = (-18.0, -15.0, 40.0)
GEOMETRY = ImageGeometry(SHAPE[::-1], SPACING_MM, ORIGIN_LPS)
FRAMES, INTERVAL_S, ONSET_S = 60, 5.0, 33.0
TR_S, FLIP_DEG, COVER_DEG, RELAXIVITY, HEMATOCRIT = 0.005, 15.0, (5.0, 15.0, 30.0), 4.5, 0.42
M0 = 60000.0
PLANTED = "PLANTED^NAME"


@dataclass(frozen=True)
class Tissue:
    """A tissue and where it lies, as rows and columns of every slice."""

    name: str
    rows: slice
    columns: slice
    t1_s: float
    ktrans: float
    ve: float
    vp: float


MUSCLE = Tissue("muscle", slice(1, 19), slice(1, 23), 1.0, 0.05, 0.12, 0.01)
NODE = Tissue("node_1", slice(9, 17), slice(3, 10), 1.3, 0.25, 0.35, 0.05)
NODE_2 = Tissue("node_2", slice(11, 16), slice(14, 20), 1.2, 0.10, 0.20, 0.02)
TISSUES = (MUSCLE, NODE, NODE_2)
ARTERY = (slice(3, 6), slice(4, 7))
BLOOD_T1_S = 1.6


def times_s() -> NDArray[np.float64]:
    """Times of the frames."""
    return np.arange(FRAMES) * INTERVAL_S


def curves() -> list[tuple[slice, slice, float, NDArray[np.float64]]]:
    """Rows, columns, T1 and concentration of each tissue, and of blood last; later ones lie over earlier ones."""
    fine = np.arange(0.0, FRAMES * INTERVAL_S + 20, 0.25)
    plasma = population_aif("parker", fine, HEMATOCRIT, ONSET_S)
    found = []
    for tissue in TISSUES:
        curve = tissue_curves(
            "extended_tofts", times_s(), plasma, aif_time_s=fine, ktrans_per_min=tissue.ktrans, ve=tissue.ve,
            vp=tissue.vp,
        )[0]  # fmt: skip
        found.append((tissue.rows, tissue.columns, tissue.t1_s, curve))
    blood = np.interp(times_s(), fine, plasma) * (1 - HEMATOCRIT)
    return [*found, (*ARTERY, BLOOD_T1_S, blood)]


def plane_of_concentration(noise_mM: float = 0.0) -> NDArray[np.float64]:
    """Concentration of a slice in mM, (n_times, rows, columns); of blood in the artery, none in air."""
    frames = np.zeros((FRAMES, *SHAPE[1:]))
    for rows, columns, _t1, curve in curves():
        frames[:, rows, columns] = curve[:, None, None]
    return frames + np.random.default_rng(0).normal(0.0, noise_mM, frames.shape) * (frames.max(axis=0) > 0)


def plane_of_signal(noise: float = 0.0, b1: float = 1.0) -> NDArray[np.float64]:
    """Signal of a slice, (n_times, rows, columns); air is dark."""
    frames = np.zeros((FRAMES, *SHAPE[1:]))
    for rows, columns, t1_s, curve in curves():
        frames[:, rows, columns] = signal_of(curve, t1_s, b1)[:, None, None]
    return frames + np.random.default_rng(0).normal(0.0, noise, frames.shape) * (frames > 0)


def signal_of(concentration_mM: NDArray[np.float64], t1_s: float, b1: float = 1.0) -> NDArray[np.float64]:
    """Signal of a concentration curve."""
    found: NDArray[np.float64] = signal_of_concentration(
        concentration_mM[None], b1 * FLIP_DEG, TR_S, t1_s=t1_s, relaxivity_per_mM_s=RELAXIVITY, m0=M0
    )[0]
    return found


def plane_of_angle(angle_deg: float, b1: float = 1.0) -> NDArray[np.float64]:
    """Slice before contrast at a flip angle."""
    image = np.zeros(SHAPE[1:])
    for rows, columns, t1_s, _curve in curves():
        image[rows, columns] = spoiled_signal(t1_s, b1 * angle_deg, TR_S, M0)
    return image


def t1_plane() -> NDArray[np.float64]:
    """T1 before contrast in seconds, zero in air."""
    image = np.zeros(SHAPE[1:])
    for tissue in TISSUES:
        image[tissue.rows, tissue.columns] = tissue.t1_s
    image[ARTERY] = BLOOD_T1_S
    return image


def mask_of(name: str) -> NDArray[np.bool_]:
    """Voxels of a node, or of the artery, [k, j, i]."""
    places = {tissue.name: (tissue.rows, tissue.columns) for tissue in TISSUES} | {"aif": ARTERY}
    mask = np.zeros(SHAPE, bool)
    mask[:, places[name][0], places[name][1]] = True
    return mask


def write_volume(path: Path, array: NDArray[Any], geometry: ImageGeometry = GEOMETRY, **keys: str) -> Path:
    """Write [k, j, i] as NRRD."""
    image = SimpleITK.GetImageFromArray(array)
    image.SetSpacing(geometry.spacing_mm)
    image.SetOrigin(geometry.origin_lps_mm)
    for key, value in keys.items():
        image.SetMetaData(key, value)
    SimpleITK.WriteImage(image, str(path), useCompression=True)
    return path


def write_segments(path: Path, *names: str, geometry: ImageGeometry = GEOMETRY) -> Path:
    """Write segments as Slicer does, where they lie in the patient, on the grid of the study or another one."""
    labels, keys = np.zeros(geometry.array_shape, np.uint8), {}
    places = np.stack(np.meshgrid(*map(np.arange, geometry.array_shape), indexing="ij"), axis=-1)
    nearest = np.rint(GEOMETRY.kji_from_ras(geometry.ras_from_kji(places))).astype(int)
    inside = np.all((nearest >= 0) & (nearest < SHAPE), axis=-1)
    for n, name in enumerate(names):
        labels[inside] = np.where(mask_of(name)[tuple(nearest[inside].T)], n + 1, labels[inside])
        keys |= {f"Segment{n}_ID": f"Segment_{n + 1}", f"Segment{n}_Name": name}
        keys |= {f"Segment{n}_LabelValue": str(n + 1), f"Segment{n}_Layer": "0"}
    return write_volume(path, labels, geometry, **keys)


def write_multi_volume(path: Path, frames: NDArray[Any], labels: str, tag: str, unit: str, *, tr_ms: str = "5") -> Path:
    """Write frames [n, k, j, i] as a MultiVolume of Slicer; an empty tag leaves its facts out."""
    lines = [
        "NRRD0005", "type: float", "dimension: 4", "space: left-posterior-superior",
        f"sizes: {len(frames)} {SHAPE[2]} {SHAPE[1]} {SHAPE[0]}",
        f"space directions: none ({SPACING_MM[0]},0,0) (0,{SPACING_MM[1]},0) (0,0,{SPACING_MM[2]})",
        "kinds: list domain domain domain", "endian: little", "encoding: raw",
        f"space origin: ({','.join(map(str, ORIGIN_LPS))})",
    ]  # fmt: skip
    if tag:
        lines += [
            f"MultiVolume.DICOM.FlipAngle:={FLIP_DEG:g}",
            f"MultiVolume.DICOM.RepetitionTime:={tr_ms}",
            f"MultiVolume.FrameIdentifyingDICOMTagName:={tag}",
            f"MultiVolume.FrameIdentifyingDICOMTagUnits:={unit}",
            f"MultiVolume.FrameLabels:={labels}",
            f"MultiVolume.NumberOfFrames:={len(frames)}",
        ]
    stored = np.ascontiguousarray(np.moveaxis(frames, 0, -1), "<f4").tobytes()
    path.write_bytes("\n".join(lines).encode() + b"\n\n" + stored)
    return path


def write_dynamic_nrrd(
    path: Path, noise: float = 0.0, *, stated: bool = True, tr_ms: str = "5", b1: float = 1.0
) -> Path:
    """Write the dynamic study as a MultiVolume; not stated leaves out times, repetition time and flip angle."""
    return _write_times(path, plane_of_signal(noise, b1), "TriggerTime" if stated else "", tr_ms)


def write_concentration_nrrd(path: Path, noise_mM: float = 0.0, factor: float = 1.0) -> Path:
    """Write the concentrations of the study in mM, or times a factor, as a MultiVolume."""
    return _write_times(path, factor * plane_of_concentration(noise_mM), "TriggerTime", "5")


def _write_times(path: Path, plane: NDArray[np.float64], tag: str, tr_ms: str) -> Path:
    frames = np.repeat(plane[:, None], SHAPE[0], axis=1)
    labels = ",".join(f"{1000 * time:g}" for time in times_s())
    return write_multi_volume(path, frames, labels, tag, "ms", tr_ms=tr_ms)


def write_angles_nrrd(path: Path, b1: float = 1.0) -> Path:
    """Write the flip angles as a MultiVolume."""
    frames = np.stack([np.repeat(plane_of_angle(angle, b1)[None], SHAPE[0], axis=0) for angle in COVER_DEG])
    return write_multi_volume(path, frames, ",".join(f"{a:g}" for a in COVER_DEG), "FlipAngle", "degrees")


def write_dicom(folder: Path) -> Path:
    """Write flip angles and dynamic as classic MR images."""
    for n, angle in enumerate(COVER_DEG):
        _write_series(folder, 10 + n, angle, plane_of_angle(angle)[None], -300.0 + 30 * n)
    _write_series(folder, 20, FLIP_DEG, plane_of_signal(), 0.0)
    return folder


def _write_series(folder: Path, number: int, angle_deg: float, frames: NDArray[Any], start_s: float) -> None:
    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset

    study = "1.2.826.0.1.3680043.8.498.77"
    for t, plane in enumerate(frames):
        for k in range(SHAPE[0]):
            data = Dataset()
            index = t * SHAPE[0] + k + 1
            data.SOPClassUID, data.SOPInstanceUID = CLASSIC_MR, f"{study}.{number}.{index}"
            data.StudyInstanceUID, data.SeriesInstanceUID = study, f"{study}.{number}"
            data.FrameOfReferenceUID, data.StudyDate, data.StudyTime = f"{study}.9", "20260304", "100000"
            data.StudyID, data.AccessionNumber, data.ReferringPhysicianName = "1", "", ""
            data.PatientName, data.PatientID, data.PatientBirthDate, data.PatientSex = PLANTED, PLANTED, "", "F"
            data.Modality, data.Manufacturer, data.ImageType = "MR", "SIEMENS", ["ORIGINAL", "PRIMARY", "M"]
            data.ScanningSequence, data.SequenceVariant, data.MRAcquisitionType = "GR", ["SP"], "3D"
            data.RepetitionTime, data.EchoTime, data.FlipAngle = 1000 * TR_S, 1.8, angle_deg
            data.MagneticFieldStrength, data.SeriesNumber, data.InstanceNumber = 3, number, index
            data.AcquisitionDate, data.AcquisitionTime = "20260304", clock(36000.0 + start_s + t * INTERVAL_S)
            data.SliceThickness, data.PixelSpacing = SPACING_MM[2], list(SPACING_MM[1::-1])
            data.ImageOrientationPatient = AXIAL
            data.ImagePositionPatient = [*ORIGIN_LPS[:2], ORIGIN_LPS[2] + k * SPACING_MM[2]]
            data.Rows, data.Columns, data.SamplesPerPixel = *SHAPE[1:], 1
            data.PhotometricInterpretation, data.PixelRepresentation = "MONOCHROME2", 0
            data.BitsAllocated, data.BitsStored, data.HighBit = 16, 16, 15
            data.PixelData = np.rint(plane).astype("<u2").tobytes()
            data.file_meta = FileMetaDataset()
            data.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
            target = folder / f"s{number}"
            target.mkdir(parents=True, exist_ok=True)
            pydicom.dcmwrite(target / f"{index:04d}.dcm", data, enforce_file_format=True)
