"""Maps of a scene go with its export: those that Spectral shows, and those of a fit of PWI Protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from iENEGraderLib.measure.case.evidence.words import PERFUSION_LABEL
from iENEGraderLib.scene.export_maps import ZERO_OUTSIDE
from iENEGraderLib.scene.spectral.spectral_state import Shown
from PWIProtocolLib.scene.maps.map_colours import OF_MAP
from PWIProtocolLib.scene.maps.map_nodes import MapPlace, add_numbers
from spectral_scene_builders import GRID, add_spectral_case

if TYPE_CHECKING:
    from pathlib import Path

    from export_desk import Exporter

pytest_plugins = ("panel_fixtures", "export_desk")

KTRANS_PER_MIN = 0.25


@pytest.fixture
def a_spectral_exporter(a_newcomer: Exporter) -> Exporter:
    """A user with a neck of known iodine at two energies in the scene."""
    add_spectral_case()
    return a_newcomer


def show(user: Exporter, *maps: Shown) -> None:
    """Use both energies in Spectral, and look at maps."""
    section = user.panel.spectralSection
    section.fold.collapsed = False
    section.useButton.click()
    for each in maps:
        section.showRow.buttons[each].click()


def add_ktrans(shift_mm: float = 0.0) -> Any:
    """Add Ktrans as a fit of PWI Protocol does: one value, and none in the first section."""
    from dataclasses import replace

    values = np.full(GRID.array_shape, KTRANS_PER_MIN, np.float32)
    values[0] = np.nan
    x, y, z = GRID.origin_lps_mm
    place = MapPlace(replace(GRID, origin_lps_mm=(x + shift_mm, y, z)), "", "extended tofts model")
    return add_numbers("ktrans_per_min", "ktrans_per_min", values.ravel(), OF_MAP["ktrans_per_min"], place)


def written_maps(out: Path) -> dict[str, pydicom.Dataset]:
    """The maps that were written, by the names of their files."""
    return {path.name: pydicom.dcmread(path) for path in sorted(out.glob("*/dicom/map-*.dcm"))}


def values_of(written: pydicom.Dataset) -> np.ndarray:
    """The values of a map, [k, j, i] whichever way its frames run."""
    return np.frombuffer(written.FloatPixelData, "<f4").reshape(-1, written.Rows, written.Columns)


def test_the_maps_that_spectral_shows_are_written(a_spectral_exporter: Exporter, tmp_path: Path) -> None:
    import slicer

    show(a_spectral_exporter, Shown.IODINE, Shown.FAT)
    a_spectral_exporter.export(tmp_path / "out", "parametric-map")
    assert a_spectral_exporter.message == ""
    found = written_maps(tmp_path / "out")
    assert list(found) == ["map-fat-fraction.dcm", "map-iodine.dcm"]
    shown = slicer.util.arrayFromVolume(slicer.util.getNode("Iodine (mg/mL)"))
    assert shown.max() > 1.0
    np.testing.assert_allclose(np.sort(values_of(found["map-iodine.dcm"]), axis=None), np.sort(shown, axis=None))
    assert ZERO_OUTSIDE in a_spectral_exporter.said


def test_a_map_of_perfusion_is_written_with_its_caution(a_spectral_exporter: Exporter, tmp_path: Path) -> None:
    add_ktrans()
    a_spectral_exporter.export(tmp_path / "out", "parametric-map")
    assert a_spectral_exporter.message == ""
    found = written_maps(tmp_path / "out")
    assert list(found) == ["map-ktrans.dcm"]
    values = values_of(found["map-ktrans.dcm"])
    assert np.nanmin(values) == np.nanmax(values) == KTRANS_PER_MIN
    assert np.isnan(values).sum() == values[0].size
    assert f"maps of perfusion: {PERFUSION_LABEL}" in a_spectral_exporter.said


def test_a_map_on_another_grid_is_told_and_left_out(a_spectral_exporter: Exporter, tmp_path: Path) -> None:
    show(a_spectral_exporter, Shown.IODINE)
    add_ktrans(shift_mm=2.0)
    a_spectral_exporter.export(tmp_path / "out", "parametric-map")
    assert list(written_maps(tmp_path / "out")) == ["map-iodine.dcm"]
    assert "map of Ktrans: left out" in a_spectral_exporter.said


def test_both_kinds_of_maps_stand_in_the_report(a_spectral_exporter: Exporter, tmp_path: Path) -> None:
    show(a_spectral_exporter, Shown.IODINE)
    add_ktrans()
    a_spectral_exporter.export(tmp_path / "out", "report")
    (page,) = (tmp_path / "out").glob("*/report.html")
    text = page.read_text(encoding="utf-8")
    assert "mg/mL" in text
    assert PERFUSION_LABEL in text


def test_nothing_is_said_of_maps_where_none_are_written(a_spectral_exporter: Exporter, tmp_path: Path) -> None:
    show(a_spectral_exporter, Shown.IODINE)
    add_ktrans(shift_mm=2.0)
    a_spectral_exporter.export(tmp_path / "out", "csv", "fhir")
    assert a_spectral_exporter.message == ""
    assert "map" not in a_spectral_exporter.said
