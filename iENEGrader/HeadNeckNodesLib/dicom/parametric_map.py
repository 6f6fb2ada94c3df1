"""A computed map as a DICOM Parametric Map: 32-bit values with their quantity, unit and method as codes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from HeadNeckNodesLib.dicom.moment import set_moment
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import replaced_when_complete
from HeadNeckNodesLib.imaging.terminology import Code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom import Dataset

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry

MAKER, DEVICE = "HeadNeckNodes", "HeadNeckNodes"
METHOD = Code("SCT", "370129005", "Measurement Method")
MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4"
COPIED_TEXTS = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "PositionReferenceIndicator",
)
"""Empty where the source has none; DICOM wants them to be there."""
COPIED_IF_THERE = (
    "PatientAge",
    "PatientSize",
    "PatientWeight",
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "DeidentificationMethodCodeSequence",
    "IssuerOfPatientID",
    "StudyDescription",
    "LossyImageCompression",
    "LossyImageCompressionRatio",
    "LossyImageCompressionMethod",
)
IDENTITY_TAGS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "SOPInstanceUID", "FrameOfReferenceUID")
BODY_PART, UTF_8 = "HEADNECK", "ISO_IR 192"
SHORTEST_WINDOW = 1e-6
HOW_TO_INSTALL = "DICOM Parametric Maps need the package highdicom: install it with pip install highdicom"


@dataclass(frozen=True, eq=False)
class ParametricMap:
    """A map and what its values are.

    Attributes
    ----------
    values : [k, j, i]; NaN where there is no value, in the file as well.
    label : short name in capitals, digits and underscores, 16 characters at most.
    title : series description.
    quantity, unit : what is measured, such as (126312, DCM, "Ktrans"), in a unit of UCUM.
    methods : how: model, arterial curve, T1.
    """

    values: NDArray[np.floating[Any]]
    label: str
    title: str
    quantity: Code
    unit: Code
    methods: tuple[Code, ...] = ()


@dataclass(frozen=True)
class NewStudy:
    """Identifiers of a study that names no patient, and of the space of its images."""

    study_uid: str
    frame_uid: str


@dataclass(frozen=True)
class MapSeries:
    """A new series.

    Attributes
    ----------
    number : of the series.
    software : name and version of the program that makes it.
    study : for maps without sources, so that they stand together.
    moment : when the map says that it was made; None for the present.
    """

    number: int
    software: str
    study: NewStudy | None = None
    moment: datetime | None = None


@dataclass(frozen=True, eq=False)
class MapSources:
    """Images that maps are computed from: what a map keeps of their headers, read once for all maps.

    Attributes
    ----------
    headers : patient, study and frame of reference are those of the first.
    referenced : the images that a map names as its sources; None when these are `headers`.
    """

    headers: tuple[Dataset, ...] = ()
    referenced: tuple[Dataset, ...] | None = None


def read_sources(paths: Sequence[Path]) -> MapSources:
    """Read what maps keep of their sources.

    Raises
    ------
    InputError
        when a file cannot be read.
    """
    return MapSources(tuple(_header(path) for path in paths))


def new_study() -> NewStudy:
    """Return new identifiers."""
    from pydicom.uid import generate_uid

    return NewStudy(generate_uid(), generate_uid())


def require_highdicom() -> None:
    """Pass when parametric maps can be written.

    Raises
    ------
    InputError
        saying how to install what is missing.
    """
    try:
        import highdicom  # noqa: F401
    except ImportError as error:
        raise InputError(HOW_TO_INSTALL) from error


def write_parametric_map(
    one: ParametricMap,
    geometry: ImageGeometry,
    path: Path,
    series: MapSeries,
    sources: MapSources | Sequence[Path] = (),
) -> None:
    """Write a map as one DICOM file; the file appears whole or not at all.

    Parameters
    ----------
    one : the map.
    geometry : its grid.
    path : name of the file.
    series : the new series, one for each map.
    sources : images that it was computed from, or their files; several maps share what was read once. Patient,
        study and frame of reference are those of the first; with none the file names no patient and stands in
        `series.study`.

    Raises
    ------
    InputError
        when highdicom is missing, the map does not fill the grid, or writing fails.
    """
    require_highdicom()
    if one.values.shape != geometry.array_shape:
        raise InputError(f"{one.title}: values of shape {one.values.shape} on a grid of {geometry.array_shape}")
    if not isinstance(sources, MapSources):
        sources = read_sources(sources)
    headers = sources.headers
    with warnings.catch_warnings():
        # They would repeat a patient's name on the screen.
        warnings.simplefilter("ignore")
        data = _data_set(one, geometry, series, _planes(headers, geometry, series.study or new_study()))
        _reference_sources(data, headers if sources.referenced is None else sources.referenced)
        with replaced_when_complete(path) as temporary:
            data.save_as(temporary, enforce_file_format=True)


def _header(path: Path) -> Dataset:
    import pydicom

    try:
        return pydicom.dcmread(path, specific_tags=[*COPIED_TEXTS, *COPIED_IF_THERE, *IDENTITY_TAGS])
    except (OSError, pydicom.errors.InvalidDicomError) as error:
        raise InputError(f"{path.name}: cannot be read again as the source of a map") from error


def _planes(headers: Sequence[Dataset], geometry: ImageGeometry, new: NewStudy) -> list[Dataset]:
    """Return a single-frame image for each section, whatever form the sources have, as highdicom asks for."""
    from pydicom import Dataset
    from pydicom.uid import generate_uid

    first = headers[0] if headers else Dataset()
    study, frame = first.get("StudyInstanceUID", new.study_uid), first.get("FrameOfReferenceUID", new.frame_uid)
    series = first.get("SeriesInstanceUID", new.study_uid)
    x, y, _ = np.asarray(geometry.direction_lps).T
    planes = []
    for k in range(geometry.size_ijk[2]):
        plane = Dataset()
        for keyword in COPIED_TEXTS:
            setattr(plane, keyword, first.get(keyword, ""))
        for keyword in COPIED_IF_THERE:
            if keyword in first:
                plane[keyword] = first[keyword]
        plane.StudyInstanceUID, plane.SeriesInstanceUID, plane.FrameOfReferenceUID = study, series, frame
        plane.SOPClassUID, plane.SOPInstanceUID = MR_IMAGE, generate_uid()
        plane.Rows, plane.Columns = geometry.array_shape[1:]
        plane.ImageOrientationPatient = _written([*x, *y])
        plane.ImagePositionPatient = _written((geometry.ijk_to_lps @ [0.0, 0.0, k, 1.0])[:3])
        planes.append(plane)
    return planes


def _data_set(one: ParametricMap, geometry: ImageGeometry, series: MapSeries, planes: Sequence[Dataset]) -> Dataset:
    import highdicom
    from pydicom.uid import generate_uid

    values = np.ascontiguousarray(one.values, np.float32)
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    across, down, between = geometry.spacing_mm
    data = highdicom.pm.ParametricMap(
        source_images=planes,
        pixel_array=values,
        series_instance_uid=generate_uid(),
        series_number=series.number,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer=MAKER,
        manufacturer_model_name=DEVICE,
        software_versions=series.software,
        device_serial_number="0",
        contains_recognizable_visual_features=True,
        real_world_value_mappings=[_mapping(one, low, high)],
        window_center=(low + high) / 2,
        window_width=max(high - low, SHORTEST_WINDOW),
        content_label=one.label,
        content_description=one.title,
        pixel_measures=highdicom.PixelMeasuresSequence([down, across], between, between),
        plane_positions=[
            highdicom.PlanePositionSequence("PATIENT", [float(v) for v in plane.ImagePositionPatient])
            for plane in planes
        ],
    )
    data.SpecificCharacterSet = UTF_8
    data.SeriesDescription, data.BodyPartExamined = one.title, BODY_PART
    set_moment(data, series.moment)
    # The plain linear function allows no window narrower than 1.
    data.SharedFunctionalGroupsSequence[0].FrameVOILUTSequence[0].VOILUTFunction = "LINEAR_EXACT"
    return data


def _mapping(one: ParametricMap, low: float, high: float) -> Dataset:
    import highdicom

    mapping = highdicom.pm.RealWorldValueMapping(
        lut_label=one.label,
        lut_explanation=one.title,
        unit=_coded(one.unit),
        value_range=(low, high),
        slope=1.0,
        intercept=0.0,
        quantity_definition=_coded(one.quantity),
    )
    for method in one.methods:
        item = highdicom.sr.CodeContentItem(name=_coded(METHOD), value=_coded(method))
        # A quantity definition has no place for how content items relate.
        item.pop("RelationshipType", None)
        mapping.QuantityDefinitionSequence.append(item)
    return mapping


def _coded(code: Code) -> Any:
    import highdicom

    return highdicom.sr.CodedConcept(code.value, code.scheme, code.meaning)


def _reference_sources(data: Dataset, headers: Sequence[Dataset]) -> None:
    """Name the true sources in place of the sections that stood for them."""
    from pydicom import Dataset

    del data.SourceImageSequence, data.ReferencedSeriesSequence
    by_series: dict[str, list[Dataset]] = {}
    for header in headers:
        reference = Dataset()
        reference.ReferencedSOPClassUID = header.SOPClassUID
        reference.ReferencedSOPInstanceUID = header.SOPInstanceUID
        by_series.setdefault(str(header.SeriesInstanceUID), []).append(reference)
    if not by_series:
        return
    data.SourceImageSequence = [reference for items in by_series.values() for reference in items]
    data.ReferencedSeriesSequence = [_referenced_series(uid, items) for uid, items in by_series.items()]


def _referenced_series(uid: str, items: list[Dataset]) -> Dataset:
    from pydicom import Dataset

    series = Dataset()
    series.SeriesInstanceUID, series.ReferencedInstanceSequence = uid, items
    return series


def _written(values: Any) -> list[str]:
    """Return numbers as DICOM writes them: 16 characters at most."""
    from pydicom.valuerep import format_number_as_ds

    return [format_number_as_ds(float(value)) for value in values]
