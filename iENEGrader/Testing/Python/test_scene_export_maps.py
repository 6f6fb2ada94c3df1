"""Maps of a scene: which are taken, what they say of themselves, and what is told of those that are left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from iENEGraderLib.export.job.case_map import Quantity
from iENEGraderLib.scene.export_maps import ZERO_OUTSIDE, maps_on
from scene_builders import an_image

if TYPE_CHECKING:
    from iENEGraderLib.export.job.case_map import CaseMap

pytestmark = pytest.mark.usefixtures("a_scene")
METHOD = "model_extended_tofts aif_population t1_flip_angles"


def add_map(name: str, unit: str, value: float = 0.25, shift_mm: float = 0.0, method: str = METHOD) -> Any:
    """Add a volume as the module PWI Protocol does, named after a patient."""
    import slicer
    from HeadNeckNodesLib.scene.volumes import add_volume

    image = an_image()
    x, y, z = image.geometry.origin_lps_mm
    moved = replace(image.geometry, origin_lps_mm=(x + shift_mm, y, z))
    voxels = np.full(image.voxels.shape, value, np.float32)
    voxels[0, 0, 0] = np.nan
    node = add_volume(replace(image, voxels=voxels, geometry=moved, modality="MR"), "Quillfeather")
    node.SetAttribute("PWIProtocol.Map", name)
    node.SetAttribute("PWIProtocol.Method", method)
    entry = slicer.vtkCodedEntry()
    entry.SetValueSchemeMeaning(unit, "UCUM", unit)
    node.SetVoxelValueUnits(entry)
    return node


def the_map(maps: tuple[CaseMap, ...]) -> CaseMap:
    (found,) = maps
    return found


def test_a_map_of_perfusion_keeps_its_values_unit_and_method() -> None:
    add_map("ktrans_per_min", "/min")
    maps, notes = maps_on(an_image())
    found = the_map(maps)
    assert (found.quantity, found.unit, notes) == (Quantity.KTRANS, "/min", ())
    assert [each.value for each in found.methods] == ["126341", "126361", "126350"]
    assert found.method == "Extended Tofts Model, Population Averaged AIF, T1 by Multiple Flip Angles"
    assert np.isnan(found.image.voxels[0, 0, 0])
    assert np.nanmax(found.image.voxels) == 0.25


def test_maps_come_in_one_order_and_other_volumes_of_a_fit_stay() -> None:
    for name, unit in (("t1_s", "s"), ("status", "1"), ("ve", "1"), ("iauc60", "mmol/L.s"), ("kep_per_min", "/min")):
        add_map(name, unit)
    maps, notes = maps_on(an_image())
    assert [each.quantity for each in maps] == [Quantity.KEP, Quantity.VE, Quantity.T1]
    assert notes == ()


def test_a_map_on_another_grid_is_left_out() -> None:
    add_map("ve", "1", shift_mm=3.0)
    assert maps_on(an_image()) == ((), ("map of ve: left out, since it does not lie on the grid of the image",))


def test_one_of_two_maps_is_not_chosen_for_the_user() -> None:
    for _fit in range(2):
        add_map("ve", "1")
    assert maps_on(an_image()) == ((), ("map of ve: left out, since the scene holds 2 of it; keep one",))


def test_a_map_in_a_unit_that_cannot_be_is_left_out() -> None:
    add_map("ve", "mm")
    maps, (note,) = maps_on(an_image())
    assert maps == ()
    assert note == "map of ve: ve in 'mm', expected 1 or %; compute the map in one of these units; left out"


def test_what_is_said_names_no_node_of_the_scene() -> None:
    add_map("ve", "mm")
    add_map("ktrans_per_min", "/min", shift_mm=1.0)
    for _fit in range(2):
        add_map("vp", "1")
    _maps, notes = maps_on(an_image())
    assert len(notes) == 3
    assert "Quillfeather" not in " ".join(notes)


def test_that_spectral_maps_are_blank_outside_of_tissue_is_told() -> None:
    add_map("ve", "1").SetAttribute("HeadNeckNodes.SpectralMap", "Fat fraction")
    maps, notes = maps_on(an_image())
    assert {each.quantity for each in maps} == {Quantity.FAT_FRACTION, Quantity.VE}
    assert notes == (ZERO_OUTSIDE,)
