"""Iodine and fat fraction as DICOM Parametric Maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.dicom.parametric_map import MapSeries, MapSources, ParametricMap, write_parametric_map
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.terminology import Code

from iENEGraderLib.export.dicom.codes import Group, concept, unit_concept
from iENEGraderLib.export.job.target import Target
from iENEGraderLib.spectral import MapKind

if TYPE_CHECKING:
    from iENEGraderLib.export.dicom.codes import Concept
    from iENEGraderLib.export.job.work import CaseWork
    from iENEGraderLib.spectral.map_file import MapFile

FIRST_SERIES_NUMBER = 9101


@dataclass(frozen=True)
class _Quantity:
    """How a kind of map is named: its measurement in the table of codes, label, title and file."""

    measurement: str
    label: str
    title: str
    file: str


QUANTITIES = {
    MapKind.IODINE: _Quantity("iodine_concentration", "IODINE", "Iodine concentration", "map-iodine.dcm"),
    MapKind.FAT_FRACTION: _Quantity("fat_fraction", "FAT_FRACTION", "Fat fraction", "map-fat-fraction.dcm"),
}


def _write(work: CaseWork) -> None:
    maps = {each.kind: each for each in work.case.maps if each.kind in QUANTITIES}
    if not maps:
        raise InputError("parametric-map: the case has no map of iodine or fat; add those of hnn spectral to the case")
    sources = MapSources(work.source.headers)
    for number, (kind, quantity) in enumerate(QUANTITIES.items()):
        if kind in maps:
            series = MapSeries(FIRST_SERIES_NUMBER + number, work.software)
            values = _parametric(maps[kind], quantity)
            write_parametric_map(values, maps[kind].image.geometry, work.dicom / quantity.file, series, sources)


def _parametric(found: MapFile, quantity: _Quantity) -> ParametricMap:
    return ParametricMap(
        values=found.image.voxels.astype(np.float32),
        label=quantity.label,
        title=quantity.title,
        quantity=_code(concept(Group.MEASUREMENT, quantity.measurement)),
        unit=_code(unit_concept(found.unit)),
    )


def _code(found: Concept) -> Code:
    return Code(found.scheme, found.value, found.meaning)


PARAMETRIC_MAP = Target("parametric-map", "iodine and fat as DICOM Parametric Maps", _write, uses_images=True)
