"""NRRD, NIfTI and MetaImage: round trips, and one clear line for each kind of bad file."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest
import SimpleITK
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.read import read_image
from HeadNeckNodesLib.imaging.write import write_image
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RAW_HEADER = "NRRD0004\ntype: short\ndimension: 3\nsizes: 4 4 4\nendian: little\nencoding: raw\n"


@pytest.fixture
def an_oblique_volume() -> SimpleITK.Image:
    voxels = np.random.default_rng(3).integers(-1000, 1000, (5, 6, 7)).astype(np.int16)
    volume = SimpleITK.GetImageFromArray(voxels)
    volume.SetSpacing((0.5, 0.6, 3.0))
    volume.SetOrigin((-20.0, 31.0, 5.5))
    volume.SetDirection(Rotation.from_euler("xyz", (20, -15, 40), degrees=True).as_matrix().ravel().tolist())
    return volume


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_image(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


@pytest.mark.parametrize("name", ["a.nrrd", "a.nhdr", "a.nii", "a.nii.gz", "a.mha", "a.mhd"])
def test_a_volume_lies_where_simpleitk_says(tmp_path: Path, an_oblique_volume: SimpleITK.Image, name: str) -> None:
    SimpleITK.WriteImage(an_oblique_volume, str(tmp_path / name))

    image = read_image(tmp_path / name)

    assert np.array_equal(image.voxels, SimpleITK.GetArrayFromImage(an_oblique_volume))
    assert (image.source, image.modality, image.header) == (name, "", None)
    for index in ((0, 0, 0), (6, 5, 4)):
        lps = np.array(an_oblique_volume.TransformIndexToPhysicalPoint(index))
        assert image.geometry.ras_from_kji(index[::-1]) == pytest.approx(lps * (-1, -1, 1), abs=1e-4)


def test_an_image_that_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    geometry = ImageGeometry((4, 3, 2), (0.7, 0.8, 2.0), (1, 2, 3), ((0, -1, 0), (1, 0, 0), (0, 0, 1)))
    written = Image(np.arange(24, dtype=np.int16).reshape(2, 3, 4), geometry)

    write_image(written, tmp_path / "out.nrrd")

    read = read_image(tmp_path / "out.nrrd")
    assert np.array_equal(read.voxels, written.voxels)
    assert read.geometry.matches(geometry)
    assert [p.name for p in tmp_path.iterdir()] == ["out.nrrd"]


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    image = Image(np.zeros((2, 2, 2), np.int16), ImageGeometry((2, 2, 2), (1, 1, 1)))
    with pytest.raises(InputError, match=r"ends in \.nrrd"):
        write_image(image, tmp_path / "out.png")
    with pytest.raises(InputError, match="cannot be written"):
        write_image(image, tmp_path / "nowhere" / "out.nrrd")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.nrrd", "a.nii", "a.nii.gz", "a.mha"])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_cut_short_is_refused(
    tmp_path: Path, an_oblique_volume: SimpleITK.Image, name: str, compressed: bool
) -> None:
    SimpleITK.WriteImage(an_oblique_volume, str(tmp_path / name), compressed)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) - 60])
    assert "cut short" in refusal(tmp_path / name)


def empty(size: tuple[int, ...]) -> SimpleITK.Image:
    return SimpleITK.Image(size, SimpleITK.sitkInt16)


@pytest.mark.parametrize(
    ("name", "volume", "says"),
    [
        ("flat.nrrd", lambda: empty((8, 8)), "found 2 dimensions, expected 3"),
        ("flat.nii", lambda: empty((8, 8)), "found 2 dimensions, expected 3"),
        ("moving.nrrd", lambda: empty((4, 4, 4, 3)), "found 4 dimensions, expected 3"),
        ("vector.nrrd", lambda: SimpleITK.Image((4, 4, 4), SimpleITK.sitkVectorFloat32, 3), "found 3 values in each"),
        ("holes.nrrd", lambda: SimpleITK.GetImageFromArray(np.full((3, 3, 3), np.nan)), "not numbers"),
    ],
)
def test_what_is_no_scalar_volume_is_refused(
    tmp_path: Path, name: str, volume: Callable[[], SimpleITK.Image], says: str
) -> None:
    SimpleITK.WriteImage(volume(), str(tmp_path / name))
    assert says in refusal(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("text.nrrd", b"dear colleague", "named like NRRD but does not begin like one"),
        ("text.nii", b"dear colleague", "named like NIfTI but does not begin like one"),
        ("text.nii.gz", gzip.compress(b"dear colleague", mtime=0), "named like NIfTI but does not begin like one"),
        ("plain.nii.gz", b"dear colleague", "no whole gzip file"),
        ("text.mha", b"dear colleague", "named like MetaImage but does not begin like one"),
        ("empty.nrrd", b"", "does not begin like one"),
        ("picture.jpg", b"\xff\xd8\xff", "neither DICOM inside nor named like NRRD"),
        ("fake.dcm", b"dear colleague", "neither DICOM inside"),
        ("nowhere.nrrd", (RAW_HEADER + "spacings: 1 1 2\n\n").encode() + bytes(128), "left and right are unknown"),
        ("broken.nrrd", b"NRRD0004\ntype: short\ndimension: three\n\n", "cannot be read to its end"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert says in refusal(tmp_path / name)


def test_a_sheared_grid_is_refused(tmp_path: Path) -> None:
    header = RAW_HEADER + "space: left-posterior-superior\nspace directions: (1,0,0) (0.3,1,0) (0,0,1)\n\n"
    (tmp_path / "sheared.nrrd").write_bytes(header.encode() + bytes(128))
    assert "axes are not perpendicular unit vectors" in refusal(tmp_path / "sheared.nrrd")


def test_a_nifti_without_orientation_is_refused(tmp_path: Path, an_oblique_volume: SimpleITK.Image) -> None:
    SimpleITK.WriteImage(an_oblique_volume, str(tmp_path / "a.nii"))
    content = bytearray((tmp_path / "a.nii").read_bytes())
    content[252:256] = bytes(4)
    (tmp_path / "a.nii").write_bytes(content)
    assert "left and right are unknown" in refusal(tmp_path / "a.nii")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "gone.nrrd")
    assert "no such file" in refusal(tmp_path / "gone")


def test_voxels_must_fill_their_grid() -> None:
    with pytest.raises(InputError, match="slice, row, column"):
        Image(np.zeros((4, 3, 2)), ImageGeometry((4, 3, 2), (1, 1, 1)))
