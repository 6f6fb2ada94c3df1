"""What an export measures again: once for all targets, and in the maps that the reading was measured in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from iENEGraderLib.export.job import measured_again
from iENEGraderLib.export.job.case_map import CaseMap, Quantity
from iENEGraderLib.export.job.export_case import ExportCase
from iENEGraderLib.export.job.work import CaseWork
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.measure.case.maps import MeasureMaps
from iENEGraderLib.measure.case.measure_case import measure_case
from iENEGraderLib.measure.case.measured_reading import reading_with_measurements
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.reading import NeckLevel, Node, Reading, Side, Site
from map_phantoms import ct_of, fat_map_of, segmentation_of, spiked_node, stained

if TYPE_CHECKING:
    from pathlib import Path

NODE = Node("N1", Side.LEFT, NeckLevel.IIA, segment_id="node_1")
READING = Reading("case", Site.LARYNX, nodes=(NODE,))
SPIKES = "N1: spikes"


@pytest.fixture(scope="module")
def a_case_measured_in_its_fat_map() -> ExportCase:
    """Its fat is so dense that HU do not show the spike of the node."""
    ball, soft = spiked_node()
    image, fat = stained(soft), fat_map_of(soft)
    segments = match_segments(READING, segmentation_of({"node_1": ball}))
    measured = measure_case(image, segments.segmentation, nodes=segments.segment_of, maps=MeasureMaps(fat_fraction=fat))
    reading = reading_with_measurements(READING, segments, measured).reading
    maps = (CaseMap(fat, Quantity.FAT_FRACTION, "1"),)
    return ExportCase(reading, image, segments, ImageOrigin.SIMULATED, maps=maps)


def names_of_figures(case: ExportCase, folder: Path) -> list[str]:
    return [each.name for each in CaseWork(case, folder, "software", "2026-11-22T10:00:00Z").figures]


@pytest.mark.parametrize(("unit", "factor"), [("1", 1.0), ("%", 100.0)])
def test_spikes_measured_in_the_fat_map_have_their_figure(
    a_case_measured_in_its_fat_map: ExportCase, tmp_path: Path, unit: str, factor: float
) -> None:
    (found,) = a_case_measured_in_its_fat_map.maps
    voxels = found.image.voxels.astype(np.float64) * factor
    given = CaseMap(replace(found.image, voxels=voxels), found.quantity, unit)
    assert names_of_figures(replace(a_case_measured_in_its_fat_map, maps=(given,)), tmp_path) == [SPIKES]


def test_without_its_map_no_figure_shows_another_number(
    a_case_measured_in_its_fat_map: ExportCase, tmp_path: Path
) -> None:
    assert names_of_figures(replace(a_case_measured_in_its_fat_map, maps=()), tmp_path) == []


def test_maps_that_came_after_the_reading_change_no_figure(
    a_case_measured_in_its_fat_map: ExportCase, tmp_path: Path
) -> None:
    case = a_case_measured_in_its_fat_map
    _, soft = spiked_node()
    plain, segments = ct_of(soft, np.zeros_like(soft)), case.segments
    measured = measure_case(plain, segments.segmentation, nodes=segments.segment_of)
    by_hu = replace(case, image=plain, reading=reading_with_measurements(READING, segments, measured).reading)
    away = CaseMap(replace(case.maps[0].image, voxels=np.zeros_like(case.image.voxels)), Quantity.FAT_FRACTION, "1")
    assert names_of_figures(replace(by_hu, maps=(away,)), tmp_path) == [SPIKES]


def test_targets_share_one_measuring(
    a_case_measured_in_its_fat_map: ExportCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []

    def counted(*arguments: object, **options: object) -> object:
        runs.append(options)
        return measure_case(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(measured_again, "measure_case", counted)
    work = CaseWork(a_case_measured_in_its_fat_map, tmp_path, "software", "2026-11-22T10:00:00Z")
    assert [each.kind for each in work.measured.further["N1"]] == ["volume"]
    assert [each.name for each in work.figures] == [SPIKES]
    assert len(runs) == 1
