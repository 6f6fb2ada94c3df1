"""Maps of spectral CT and of perfusion as DICOM Parametric Maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.dicom.parametric_map import MapSeries, MapSources, ParametricMap, write_parametric_map
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.terminology import Code

from iENEGraderLib.export.dicom.codes import unit_concept
from iENEGraderLib.export.job.case_map import Quantity
from iENEGraderLib.export.job.target import Target
from iENEGraderLib.measure.case.evidence.words import PERFUSION_LABEL

if TYPE_CHECKING:
    from iENEGraderLib.export.dicom.codes import Concept
    from iENEGraderLib.export.dicom.source_series import SourceSeries
    from iENEGraderLib.export.job.case_map import CaseMap
    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.export.job.work import CaseWork

FIRST_SERIES_NUMBER = 9101
PERFUSION_NOTE = f"maps of perfusion: {PERFUSION_LABEL}"


def map_file(quantity: Quantity) -> str:
    """Return the name of the file of a map."""
    return f"map-{quantity.word}.dcm"


def _require_maps(case: ExportCase) -> None:
    if not case.maps:
        raise InputError(
            "parametric-map: the case has no map; add maps of hnn spectral or of hnn pwi fit to the case "
            f"({', '.join(each.word for each in Quantity)})"
        )


def _write(work: CaseWork) -> None:
    maps = work.case.maps
    numbers = {quantity: FIRST_SERIES_NUMBER + number for number, quantity in enumerate(Quantity)}
    for each in maps:
        series = MapSeries(numbers[each.quantity], work.software, moment=work.moment)
        path = work.dicom / map_file(each.quantity)
        write_parametric_map(_parametric(each), each.image.geometry, path, series, _sources(each, work.source))
    if any(each.quantity.is_perfusion for each in maps):
        work.notes.append(PERFUSION_NOTE)


def _sources(found: CaseMap, source: SourceSeries) -> MapSources:
    """Return the images that a map belongs to and those that it names as its sources.

    Spectral maps name the series that was read. The frames of a perfusion map are named when they are known and of
    the same study, which those of a de-identified case no longer are.
    """
    if not found.quantity.is_perfusion:
        return MapSources(source.headers)
    study = source.headers[0].StudyInstanceUID
    return MapSources(source.headers, tuple(each for each in found.sources if each.StudyInstanceUID == study))


def _parametric(found: CaseMap) -> ParametricMap:
    quantity = found.quantity
    note = f" ({PERFUSION_LABEL})" if quantity.is_perfusion else ""
    return ParametricMap(
        values=found.image.voxels.astype(np.float32),
        label=quantity.label,
        title=quantity.shown + note,
        quantity=_code(quantity.concept),
        unit=_code(unit_concept(found.unit)),
        methods=tuple(_code(each) for each in found.methods),
    )


def _code(found: Concept) -> Code:
    return Code(found.scheme, found.value, found.meaning)


PARAMETRIC_MAP = Target(
    "parametric-map",
    "maps of iodine, fat and perfusion as DICOM Parametric Maps",
    _write,
    uses_images=True,
    uses_segments=False,
    require=_require_maps,
)
