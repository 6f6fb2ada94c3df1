"""Writing the results of a fit into a folder."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.dicom.parametric_map import (
    MapSeries,
    ParametricMap,
    new_study,
    read_sources,
    require_highdicom,
    write_parametric_map,
)
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.write import write_image
from iENEGraderLib.spectral.map_file import MAP, UNIT
from PWIProtocolLib.roi import map_kind

from hnn.perfusion.best_model import BEST_MODEL, MODEL_TABLE
from hnn.perfusion.map_codes import MAP_CODES, map_code, method_codes, unit_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PWIProtocolLib.roi import MapStatistics

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

    Say = Callable[[str], None]

DOCUMENT, TABLE, REPORT = "fit.json", "roi.csv", "report.html"
EVIDENCE, READING = "evidence.json", "reading.json"
STATUS, CURVE_TYPE = "status", "curve-type"
AIF_TABLE = "aif.csv"
HALF_WIDTH = "-half-width"
FIRST_SERIES = 4100
NO_DICOM = (
    "no DICOM Parametric Maps were written, since the study is not DICOM and names no patient; "
    "ask for them with --dicom"
)
STATISTICS = ("mean", "sd", "median", "minimum", "maximum")
SHAPES = ("skewness", "kurtosis", "entropy_bits")
PERCENTS = (5, 10, 25, 50, 75, 90, 95)


def result_names(stems: Sequence[str]) -> list[str]:
    """Return the names of all files that a fit may write."""
    maps = [f"{stem}{suffix}" for stem in (*stems, STATUS, CURVE_TYPE) for suffix in (".nrrd", ".dcm")]
    widths = [half_width_file(stem) for stem in stems]
    return [*maps, *widths, BEST_MODEL, MODEL_TABLE, DOCUMENT, TABLE, REPORT, EVIDENCE, READING, AIF_TABLE]


def half_width_file(stem: str) -> str:
    """Return the name of the file of the half widths of a map."""
    return f"{stem}{HALF_WIDTH}.nrrd"


ALL_NAMES = tuple(result_names([each.stem for each in MAP_CODES]))


def write_maps(study: FittedStudy, folder: Path) -> None:
    """Write every map as NRRD whose header says what it shows and in which unit; codes say why a voxel has none.

    Half widths of intervals lie beside the maps when they were asked for.
    """
    geometry = study.inputs.dynamic.geometry
    for name, values in study.named().items():
        attributes = {MAP: name, UNIT: map_kind(name).unit}
        voxels = study.on_grid(values).astype(np.float32)
        write_image(Image(voxels, geometry), folder / f"{map_code(name).stem}.nrrd", attributes)
    for name, values in (study.intervals.half_widths if study.intervals is not None else {}).items():
        attributes = {MAP: half_width_name(name), UNIT: map_kind(name).unit}
        voxels = study.on_grid(values).astype(np.float32)
        write_image(Image(voxels, geometry), folder / half_width_file(map_code(name).stem), attributes)
    for stem, codes in ((STATUS, study.kinetic.status), (CURVE_TYPE, study.described.curve_type)):
        attributes = {MAP: stem.replace("-", "_"), UNIT: "1"}
        write_image(Image(study.on_grid(codes), geometry), folder / f"{stem}.nrrd", attributes)


def half_width_name(name: str) -> str:
    """Return the name of the half widths of a map in documents and headers."""
    return f"{name}_half_width_95"


def dicom_is_wanted(study: FittedStudy) -> bool:
    """Tell whether parametric maps are written; InputError when they were asked for and cannot be."""
    if study.settings.dicom:
        require_highdicom()
        return True
    if not study.files.sources:
        return False
    try:
        require_highdicom()
    except InputError:
        return False
    return True


def write_dicom_maps(study: FittedStudy, folder: Path, software: str, say: Say) -> None:
    """Write every map as a DICOM Parametric Map, a series each."""
    together = None if study.files.sources else new_study()
    sources = read_sources(study.files.sources)
    for number, (name, values) in enumerate(study.named().items(), 1):
        code, kind = map_code(name), map_kind(name)
        say(f"writing {code.stem}.dcm")
        one = ParametricMap(
            study.on_grid(values),
            code.label,
            kind.title,
            code.quantity,
            unit_code(kind.unit),
            method_codes(study, name),
        )
        series = MapSeries(FIRST_SERIES + number, software, together)
        write_parametric_map(one, study.inputs.dynamic.geometry, folder / f"{code.stem}.dcm", series, sources)


def region_table(study: FittedStudy, regions: Sequence[Region]) -> str:
    """Return the statistics of all maps over all segments as CSV, one row for each segment and map.

    ``half_width_95`` is that of the fit of the mean curve, ``half_width_95_median`` the median of those of the voxels.
    """
    percentiles = [f"p{percent}" for percent in PERCENTS]
    headings = ["segment_id", "segment", "map", "unit", "voxels", "valued", *STATISTICS, *percentiles, *SHAPES]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*headings, "of_mean_curve", "half_width_95", "half_width_95_median"])
    for region in regions:
        for one in region.statistics:
            width = None if study.intervals is None else study.intervals.median(one.kind.name, region.index)
            named = (region.segment.segment_id, region.segment.name)
            writer.writerow([*named, *_cells(one), *_of_mean(region, one), _number(width)])
    return text.getvalue()


def _cells(one: MapStatistics) -> list[str]:
    by_percent = {each.percent: each.value for each in one.percentiles}
    numbers = [
        *(getattr(one, name) for name in STATISTICS),
        *(by_percent.get(percent) for percent in PERCENTS),
        *(getattr(one, name) for name in SHAPES),
    ]
    return [one.kind.name, one.kind.unit, str(one.voxels), str(one.valued), *map(_number, numbers)]


def _of_mean(region: Region, one: MapStatistics) -> list[str]:
    if region.mean is None:
        return ["", ""]
    return [_number(region.mean.fit.value(one.kind.name)), _number(region.mean.fit.half_width(one.kind.name))]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def as_text(document: object) -> str:
    """Return a document as JSON text."""
    return json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
