"""Surfaces of segments are closed, of the right size and place, and open in other programs."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.export.teaching.mesh import Mesh, glb_bytes, stl_bytes
from scene_builders import BALLS, GRID, an_image, some_segments
from teaching_builders import a_tetrahedron

if TYPE_CHECKING:
    from pathlib import Path

NODE_RADIUS_MM = BALLS[0][2]


@pytest.fixture
def a_segmentation(a_scene: Any) -> Any:
    """Two nodes, an artery and skin."""
    from HeadNeckNodesLib.scene.volumes import add_volume
    from iENEGraderLib.scene.segmentations import add_segmentation

    return add_segmentation("Segments", some_segments(), GRID, add_volume(an_image(), "CT"))


def the_surfaces(segmentation: Any, **choice: Any) -> tuple[Mesh, ...]:
    from iENEGraderLib.scene.surfaces import surfaces_of

    return surfaces_of(segmentation, **choice)


def parts_of_glb(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and binary part of a GLB file."""
    magic, version, length = struct.unpack_from("<III", content)
    assert (magic, version, length) == (0x46546C67, 2, len(content))
    size, kind = struct.unpack_from("<II", content, 12)
    assert kind == 0x4E4F534A
    rest = 20 + size
    binary_size, binary_kind = struct.unpack_from("<II", content, rest)
    assert (binary_kind, rest + 8 + binary_size) == (0x004E4942, len(content))
    return json.loads(content[20:rest]), content[rest + 8 :]


def test_a_ball_has_the_place_and_size_of_its_segment(a_segmentation: Any) -> None:
    first = the_surfaces(a_segmentation)[0]
    segment = some_segments()[0]

    assert first.vertices_ras_mm.mean(axis=0) == pytest.approx(BALLS[0][1], abs=0.3)
    assert np.ptp(first.vertices_ras_mm, axis=0) == pytest.approx([2 * NODE_RADIUS_MM] * 3, abs=1.8)
    assert first.volume_mm3 == pytest.approx(segment.mask().sum() * GRID.voxel_volume_mm3, rel=0.05)


def test_every_surface_is_watertight_and_points_outward(a_segmentation: Any) -> None:
    for mesh in the_surfaces(a_segmentation, most_triangles=300):
        assert mesh.is_watertight, mesh.name
        assert mesh.volume_mm3 > 0


def test_even_a_ragged_segment_keeps_the_limit(a_scene: Any) -> None:
    from HeadNeckNodesLib.scene.volumes import add_volume
    from iENEGraderLib.scene.segmentations import add_segmentation

    box = (slice(5, 25), slice(5, 25), slice(5, 25))
    labels = np.zeros(GRID.array_shape, np.uint8)
    labels[box] = np.random.default_rng(1).random((20, 20, 20)) > 0.6
    segment = replace(some_segments()[0], labels=labels, label_value=1, box=box)
    node = add_segmentation("Touching", [segment], GRID, add_volume(an_image(), "CT"))

    (mesh,) = the_surfaces(node, most_triangles=3000)
    assert len(mesh.triangles) <= 3000


def test_names_and_colours_are_those_of_the_segments(a_segmentation: Any) -> None:
    meshes = the_surfaces(a_segmentation)
    colours = [a_segmentation.GetSegmentation().GetSegment(f"Segment_{n}").GetColor() for n in (1, 2, 3, 4)]
    assert [mesh.name for mesh in meshes] == [name for name, _, _ in BALLS]
    assert [mesh.colour for mesh in meshes] == colours


def test_a_limit_on_triangles_is_kept_and_the_shape_stays(a_segmentation: Any) -> None:
    fine, coarse = (the_surfaces(a_segmentation, most_triangles=limit)[0] for limit in (100_000, 300))
    assert len(coarse.triangles) <= 300 < len(fine.triangles)
    assert len(np.unique(coarse.triangles)) == len(coarse.vertices_ras_mm)
    assert coarse.volume_mm3 == pytest.approx(fine.volume_mm3, rel=0.02)


def test_the_segmentation_is_not_changed(a_segmentation: Any) -> None:
    the_surfaces(a_segmentation)
    assert not a_segmentation.GetSegmentation().ContainsRepresentation("Closed surface")


def test_skin_is_not_among_what_a_page_shows(a_segmentation: Any) -> None:
    from iENEGraderLib.scene.surfaces import shown_segment_ids

    assert shown_segment_ids(a_segmentation) == ("Segment_3",)


def test_an_empty_segment_is_left_out(a_segmentation: Any) -> None:
    a_segmentation.GetSegmentation().AddEmptySegment("empty")
    assert len(the_surfaces(a_segmentation)) == len(BALLS)


def test_an_unknown_segment_is_named(a_segmentation: Any) -> None:
    with pytest.raises(InputError, match="no segment 'x'; the segments are Segment_1"):
        the_surfaces(a_segmentation, segment_ids=["x"])


def test_a_moved_segmentation_is_refused(a_segmentation: Any) -> None:
    import slicer

    moved = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "T")
    a_segmentation.SetAndObserveTransformNodeID(moved.GetID())
    with pytest.raises(InputError, match="harden the transform"):
        the_surfaces(a_segmentation)


def test_files_are_read_by_vtk(a_segmentation: Any, tmp_path: Path) -> None:
    import vtk

    meshes = the_surfaces(a_segmentation, segment_ids=["Segment_1", "Segment_3"])
    (tmp_path / "surface.stl").write_bytes(stl_bytes(meshes[0]))
    (tmp_path / "surfaces.glb").write_bytes(glb_bytes(meshes))
    stl = vtk.vtkSTLReader()
    stl.SetFileName(str(tmp_path / "surface.stl"))
    stl.Update()
    glb = vtk.vtkGLTFReader()
    glb.SetFileName(str(tmp_path / "surfaces.glb"))
    glb.SetApplyDeformationsToGeometry(False)
    glb.Update()

    low, high = meshes[0].vertices_ras_mm.min(axis=0), meshes[0].vertices_ras_mm.max(axis=0)
    assert stl.GetOutput().GetBounds() == pytest.approx(np.stack([low, high], axis=1).ravel())
    assert stl.GetOutput().GetNumberOfPolys() == len(meshes[0].triangles)
    assert glb.GetOutput().GetNumberOfPoints() == sum(len(mesh.vertices_ras_mm) for mesh in meshes)


# Files without a scene


@pytest.mark.parametrize(
    ("name", "stem"),
    [("common_carotid_artery_right", "common-carotid-artery-right"), ("Köpfe", "k-pfe"), ("節", "surface"),
     ("a" * 300, "a" * 40)],
)  # fmt: skip
def test_names_of_files_are_short_and_of_plain_letters(name: str, stem: str) -> None:
    assert replace(a_tetrahedron(), name=name).file_stem == stem


def test_the_volume_of_a_tetrahedron_is_a_sixth_of_its_cube() -> None:
    assert a_tetrahedron().volume_mm3 == pytest.approx(36.0)
    assert a_tetrahedron().is_watertight


@pytest.mark.parametrize("triangles", [[[0, 2, 1], [0, 1, 3], [0, 3, 2]], [[0, 1, 2], [0, 1, 3], [0, 3, 2], [1, 2, 3]]])
def test_an_open_or_twisted_surface_is_not_watertight(triangles: list[list[int]]) -> None:
    whole = a_tetrahedron()
    mesh = Mesh(whole.name, whole.colour, whole.vertices_ras_mm, np.array(triangles, np.int32))
    assert not mesh.is_watertight


def test_triangles_that_name_missing_points_are_refused() -> None:
    whole = a_tetrahedron()
    with pytest.raises(InputError, match="no surface"):
        Mesh("x", whole.colour, whole.vertices_ras_mm[:3], whole.triangles)


def test_glb_holds_ras_millimetres_names_and_colours() -> None:
    mesh = a_tetrahedron()
    header, binary = parts_of_glb(glb_bytes([mesh, mesh]))
    views, accessors = header["bufferViews"], header["accessors"]
    points = np.frombuffer(binary, "<f4", 12, views[2]["byteOffset"]).reshape(-1, 3)

    assert header["asset"]["version"] == "2.0"
    assert np.array_equal(points, mesh.vertices_ras_mm)
    assert (accessors[0]["min"], accessors[0]["max"]) == ([0, 0, 0], [6, 6, 6])
    assert [each["count"] for each in accessors] == [4, 12, 4, 12]
    assert header["meshes"][1]["name"] == "node_1"
    assert header["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"] == [1.0, 0.5, 0.25, 1.0]
    assert header["buffers"][0]["byteLength"] == len(binary)


def test_glb_stands_upright_and_faces_the_viewer() -> None:
    header, _ = parts_of_glb(glb_bytes([a_tetrahedron()]))
    matrix = np.array(header["nodes"][0]["matrix"]).reshape(4, 4).T[:3, :3] * 1000
    # glTF: +y up, models face +z, so that their right is -x.
    assert (matrix @ [0, 0, 1]).tolist() == [0, 1, 0]
    assert (matrix @ [0, 1, 0]).tolist() == [0, 0, 1]
    assert (matrix @ [1, 0, 0]).tolist() == [-1, 0, 0]
    assert np.linalg.det(matrix) == pytest.approx(1.0)


def test_stl_says_its_space_and_has_unit_normals() -> None:
    content = stl_bytes(a_tetrahedron())
    rows = np.frombuffer(content[84:], np.dtype([("n", "<f4", 3), ("p", "<f4", 9), ("a", "<u2")]))
    assert b"SPACE=RAS" in content[:80]
    assert struct.unpack_from("<I", content, 80) == (4,)
    assert np.linalg.norm(rows["n"], axis=1) == pytest.approx(np.ones(4))


def test_no_surfaces_are_refused() -> None:
    with pytest.raises(InputError, match="no surface to write"):
        glb_bytes([])
