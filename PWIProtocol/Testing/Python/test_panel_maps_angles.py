"""T1 from images at several flip angles that are in the scene: listed with their angles, never guessed silently."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from maps_desk import MapsUser
    from numpy.typing import NDArray
    from PWIProtocolLib.sample.reference_object import ReferenceObject

pytest_plugins = ("maps_desk",)

VE, T1 = "ve (share)", "T1 before contrast (s)"
ANGLES = "flip angles, volumes of the scene"


@pytest.fixture
def a_volume(an_empty_scene: Any, the_reference: ReferenceObject) -> Callable[[NDArray[Any], str], Any]:
    """Adds an image on the grid of the reference object to the scene."""
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.scene.volumes import add_volume

    return lambda voxels, name: add_volume(
        Image(voxels.astype(np.float32), the_reference.dynamic.geometry, "MR", ""), name
    )


@pytest.fixture
def the_t1(the_reference: ReferenceObject) -> NDArray[Any]:
    """T1 of the reference object in seconds."""
    return np.where(the_reference.artery, 1.65, 1.2)


def at_angle(t1_s: NDArray[Any], angle_deg: float) -> NDArray[Any]:
    from PWIProtocolLib.kinetics import spoiled_signal

    signal: NDArray[Any] = spoiled_signal(t1_s, angle_deg, 0.005, 1e4)
    return signal


@pytest.fixture
def some_angles(a_volume: Callable[..., Any], the_t1: NDArray[Any]) -> list[Any]:
    """Images at 2, 5, 15 and 20 degrees; the first states it in its header, two in their names, the last nowhere."""
    named = ((2.0, "VIBE pre"), (5.0, "VIBE FA5"), (15.0, "VIBE 15 deg"), (20.0, "VIBE last"))
    nodes = [a_volume(at_angle(the_t1, angle), name) for angle, name in named]
    nodes[0].SetAttribute("MultiVolume.DICOM.FlipAngle", "2")
    return nodes


def choose_angles(user: MapsUser) -> Any:
    user.section.refresh()
    user.choose(user.section.dynamicPart.sourceBox, "reference object")
    user.choose(user.section.precontrastPart.choiceBox, ANGLES)
    return user.section.precontrastPart.anglesPart


def rows_of(part: Any) -> list[tuple[bool, str, str, str]]:
    import qt

    table = part.table
    return [
        (
            table.item(row, 0).checkState() == qt.Qt.Checked,
            *(str(table.item(row, column).text()) for column in range(3)),
        )
        for row in range(table.rowCount)
    ]


def test_volumes_are_listed_with_their_angles_and_where_they_stand(
    a_maps_user: MapsUser, a_reference_sequence: Any, some_angles: list[Any]
) -> None:
    part = choose_angles(a_maps_user)
    assert rows_of(part) == [
        (True, "VIBE pre", "2", "from the header"),
        (True, "VIBE FA5", "5", "from the name"),
        (True, "VIBE 15 deg", "15", "from the name"),
        (False, "VIBE last", "", "enter it"),
    ]
    assert part.repetitionField.sourceLabel.text == "enter it, in ms"


def test_t1_comes_from_the_volumes_that_are_ticked(
    a_maps_user: MapsUser, a_reference_sequence: Any, some_angles: list[Any], the_reference: ReferenceObject,
    the_t1: NDArray[Any],
) -> None:  # fmt: skip
    import qt

    part = choose_angles(a_maps_user)
    a_maps_user.section.fitButton.click()
    assert "their repetition time is not stated; enter it, in ms" in a_maps_user.message
    a_maps_user.type_into(part.repetitionField.box, "5")
    part.table.item(3, 0).setCheckState(qt.Qt.Checked)
    a_maps_user.section.fitButton.click()
    assert a_maps_user.message == (
        "VIBE last: its flip angle is not known; enter it, in degrees, or take the volume out"
    )
    part.table.item(3, 1).setText("20")
    assert rows_of(part)[3] == (True, "VIBE last", "20", "entered")
    a_maps_user.section.fitButton.click()
    assert a_maps_user.message == ""
    np.testing.assert_allclose(a_maps_user.values_of(T1), the_t1, rtol=1e-3)
    tissue = the_reference.tissue
    np.testing.assert_allclose(a_maps_user.values_of(VE)[tissue], the_reference.ve[tissue], atol=2e-3)


def test_a_volume_on_another_grid_is_refused_with_both_grids(
    a_maps_user: MapsUser, a_reference_sequence: Any, some_angles: list[Any]
) -> None:
    part = choose_angles(a_maps_user)
    a_maps_user.type_into(part.repetitionField.box, "5")
    some_angles[1].SetSpacing(1.0, 2.0, 4.0)
    a_maps_user.section.fitButton.click()
    assert "VIBE FA5 and VIBE pre do not lie on the same grid" in a_maps_user.message
    assert "1 x 2 x 4 mm" in a_maps_user.message


def test_angles_and_ticks_come_back_with_the_scene(
    a_maps_user: MapsUser, a_reference_sequence: Any, some_angles: list[Any], tmp_path: Path
) -> None:
    import qt

    part = choose_angles(a_maps_user)
    part.table.item(0, 0).setCheckState(qt.Qt.Unchecked)
    part.table.item(3, 1).setText("20")
    a_maps_user.type_into(part.repetitionField.box, "5")
    before, listed = a_maps_user.section.entered.t1, rows_of(part)
    a_maps_user.save_and_load(tmp_path / "scene.mrb")
    assert [row[:3] for row in rows_of(part)] == [row[:3] for row in listed]
    assert a_maps_user.section.entered.t1 == before
    assert part.repetitionField.sourceLabel.text == "entered"


@pytest.mark.parametrize("kind", ["sequence", "multivolume"])
def test_one_node_with_all_flip_angles_is_enough(
    a_maps_user: MapsUser, a_reference_sequence: Any, the_t1: NDArray[Any], kind: str, the_reference: ReferenceObject
) -> None:
    import slicer
    from HeadNeckNodesLib.scene.volumes import matrix_of
    from PWIProtocolLib.scene.maps.dynamic_nodes import add_dynamic, dynamic_nodes

    images = np.stack([at_angle(the_t1, angle) for angle in (3.0, 8.0, 20.0)])
    if kind == "sequence":
        node = add_dynamic(replace(the_reference.dynamic, frames=images, time_s=np.array([3.0, 8.0, 20.0])), "VFA")
        node.SetIndexUnit("degrees")
    else:
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLVectorVolumeNode", "VFA")
        node.SetIJKToRASMatrix(matrix_of(the_reference.dynamic.geometry.ijk_to_ras))
        slicer.util.updateVolumeFromArray(node, np.ascontiguousarray(np.moveaxis(images, 0, -1)))
        node.SetAttribute("MultiVolume.FrameLabels", "3,8,20")
        node.SetAttribute("MultiVolume.FrameIdentifyingDICOMTagName", "FlipAngle")
        node.SetAttribute("MultiVolume.DICOM.RepetitionTime", "5")
    assert dynamic_nodes() == [a_reference_sequence], "images at flip angles are no dynamic study"
    part = choose_angles(a_maps_user)
    assert rows_of(part) == [(True, "VFA", "3, 8, 20", "from its labels")]
    assert (part.repetitionField.number, part.repetitionField.isEntered) == (5.0, False)
    a_maps_user.section.fitButton.click()
    assert a_maps_user.message == ""
    np.testing.assert_allclose(a_maps_user.values_of(T1), the_t1, rtol=1e-3)


@pytest.mark.parametrize(
    ("name", "angle"),
    [
        ("t1_vibe_fa15_tra", 15.0), ("FA 2", 2.0), ("VIBE 15deg", 15.0), ("flip angle 7.5", 7.5), ("5° axial", 5.0),
        ("FLASH alpha=12", 12.0), ("flip_angle_30", 30.0), ("DCE 15 min", None), ("sofa5", None), ("t1 vibe 5", None),
        ("FA5 FA10", None), ("FA 100", None), ("15degas", None),
    ],
)  # fmt: skip
def test_flip_angles_in_names(name: str, angle: float | None) -> None:
    import slicer_harness

    slicer_harness.start()
    from PWIProtocolLib.scene.maps.angle_volumes import angle_in_name

    assert angle_in_name(name) == angle
