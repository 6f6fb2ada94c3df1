"""DICOM series: read in the right order and place, or refused with one line that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
import SimpleITK
from dicom_builders import ct_voxels, write_ct_series
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.hounsfield import why_not_hounsfield
from HeadNeckNodesLib.imaging.read import read_image
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def geometry_by_simpleitk(folder: Path) -> SimpleITK.Image:
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return reader.Execute()


def refusal(path: Path, series: int | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_image(path, series)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_a_series_is_sorted_by_position_and_rescaled(tmp_path: Path) -> None:
    image = read_image(write_ct_series(tmp_path / "ct", ct_voxels()))

    assert np.array_equal(image.voxels, ct_voxels())
    assert image.modality == "CT"
    assert image.source == "ct"
    assert image.geometry.spacing_mm == pytest.approx((0.6, 0.7, 2.5))
    assert image.geometry.origin_lps_mm == pytest.approx((-10, -10, -10))
    assert image.header is not None
    assert (image.header.rescale_type, image.header.kvp, image.header.slice_thickness_mm) == ("HU", 120, 2.5)


@pytest.mark.parametrize("seed", range(4))
def test_an_oblique_series_lies_where_simpleitk_says(tmp_path: Path, seed: int) -> None:
    axes = Rotation.random(random_state=seed).as_matrix()
    orientation = tuple(np.round(np.r_[axes[:, 0], axes[:, 1]], 8))
    folder = write_ct_series(tmp_path / "ct", ct_voxels(), orientation=orientation, step_lps_mm=tuple(2.5 * axes[:, 2]))

    image = read_image(folder)
    other = geometry_by_simpleitk(folder)

    assert np.array_equal(image.voxels, SimpleITK.GetArrayFromImage(other))
    for index in ((0, 0, 0), (5, 7, 4), (2, 3, 1)):
        expected_ras = np.array(other.TransformIndexToPhysicalPoint(index)) * (-1, -1, 1)
        assert image.geometry.ras_from_kji(index[::-1]) == pytest.approx(expected_ras, abs=1e-4)


def test_a_series_written_from_head_to_feet_is_turned_round(tmp_path: Path) -> None:
    image = read_image(write_ct_series(tmp_path / "ct", ct_voxels(), step_lps_mm=(0.0, 0.0, -2.5)))

    assert np.array_equal(image.voxels, ct_voxels()[::-1])
    assert np.linalg.det(image.geometry.direction_lps) == pytest.approx(1)


def test_a_single_file_is_one_section_as_thick_as_its_header_says(tmp_path: Path) -> None:
    folder = write_ct_series(tmp_path / "ct", ct_voxels(slices=1))

    image = read_image(folder / "000.dcm")

    assert image.geometry.size_ijk == (6, 8, 1)
    assert image.geometry.spacing_mm[2] == 2.5


def test_other_files_in_the_folder_are_passed_over(tmp_path: Path) -> None:
    folder = write_ct_series(tmp_path / "ct", ct_voxels())
    (folder / "LICENSE").write_text("not an image")

    assert read_image(folder).voxels.shape == (5, 8, 6)


def test_several_series_are_listed_and_one_can_be_named(tmp_path: Path) -> None:
    write_ct_series(tmp_path / "a", ct_voxels(), SeriesNumber=2, SeriesDescription="DOE^JANE neck")
    write_ct_series(tmp_path / "b", ct_voxels(3) + 5, SeriesNumber=7, Modality="MR")

    message = refusal(tmp_path)

    assert "series 2 (CT, 5 images); series 7 (MR, 3 images)" in message
    assert "DOE" not in message
    assert np.array_equal(read_image(tmp_path, series=7).voxels, ct_voxels(3) + 5)
    assert "no series 3" in refusal(tmp_path, series=3)


def test_a_tilted_gantry_is_refused_with_its_angle(tmp_path: Path) -> None:
    tilt = np.radians(12.0)
    folder = write_ct_series(
        tmp_path / "ct", ct_voxels(), orientation=(1, 0, 0, 0, np.cos(tilt), np.sin(tilt)), step_lps_mm=(0, 0, 2.5)
    )
    assert "gantry tilt of 12.0 degrees" in refusal(folder)


@pytest.mark.parametrize(
    ("heights", "says"),
    [
        ((0, 2, 4, 6.8, 8.8), "smallest gap 2.00 mm, largest 2.80 mm"),
        ((0, 2, 4, 8, 10), "slices are missing: 4.00 mm between"),
        ((0, 2, 2, 4, 6), "at the same position"),
    ],
)
def test_uneven_missing_or_doubled_slices_are_refused(tmp_path: Path, heights: tuple[float, ...], says: str) -> None:
    positions = [(0.0, 0.0, float(z)) for z in heights]
    assert says in refusal(write_ct_series(tmp_path / "ct", ct_voxels(), positions=positions))


def test_positions_rounded_by_the_scanner_are_even_enough(tmp_path: Path) -> None:
    positions = [(0.0, 0.0, round(k * 0.625, 2)) for k in range(5)]
    image = read_image(write_ct_series(tmp_path / "ct", ct_voxels(), positions=positions))
    assert image.geometry.spacing_mm[2] == pytest.approx(0.625, abs=0.003)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"Rows": 4, "Columns": 12}, "sizes"),
        ({"PixelSpacing": [0.9, 0.9]}, "pixel spacings"),
        ({"ImageOrientationPatient": [0, 1, 0, 0, 0, 1]}, "different orientations"),
        ({"RescaleType": "US"}, "different value types"),
    ],
)
def test_a_stranger_among_the_slices_is_named(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    folder = write_ct_series(tmp_path / "ct", ct_voxels())
    data = pydicom.dcmread(folder / "014.dcm")
    for name, value in change.items():
        setattr(data, name, value)
    data.save_as(folder / "014.dcm")

    message = refusal(folder)

    assert says in message
    assert "014.dcm" in message


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"NumberOfFrames": 3}, "multi-frame"),
        ({"PhotometricInterpretation": "RGB", "SamplesPerPixel": 3}, "RGB with 3 values per pixel"),
        ({"PhotometricInterpretation": "MONOCHROME1"}, "MONOCHROME1"),
        ({"PixelSpacing": None}, "lacks the position, orientation or pixel spacing"),
        ({"ImagePositionPatient": None}, "lacks the position"),
    ],
)
def test_an_image_of_another_kind_is_refused(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    folder = write_ct_series(tmp_path / "ct", ct_voxels(), **change)
    assert says in refusal(folder)


def test_a_single_file_without_thickness_is_no_volume(tmp_path: Path) -> None:
    folder = write_ct_series(tmp_path / "ct", ct_voxels(1), SliceThickness=None)
    assert "without slice thickness" in refusal(folder)


def test_a_file_cut_short_is_named(tmp_path: Path) -> None:
    folder = write_ct_series(tmp_path / "ct", ct_voxels())
    whole = (folder / "021.dcm").read_bytes()
    (folder / "021.dcm").write_bytes(whole[:-40])
    assert "021.dcm: its pixels cannot be read" in refusal(folder)


def test_a_folder_without_dicom_says_what_to_give(tmp_path: Path) -> None:
    assert "no DICOM image in it" in refusal(tmp_path)


@pytest.mark.shared_data
def test_a_real_head_ct_without_hu_is_refused_with_the_reason(shared_data: Callable[[str], Path]) -> None:
    image = read_image(shared_data("ct-head-axial-dicom"))

    assert image.geometry.size_ijk == (64, 64, 93)
    assert image.geometry.spacing_mm == pytest.approx((3.2, 3.2, 1.5))
    assert "'US' (RescaleType)" in str(why_not_hounsfield(image))


@pytest.mark.shared_data
def test_a_real_tilted_ct_is_refused_with_its_angle(shared_data: Callable[[str], Path]) -> None:
    assert "gantry tilt of 18.5 degrees" in refusal(shared_data("ct-tilted-uneven"))


@pytest.mark.shared_data
def test_a_real_dynamic_series_is_no_single_volume(shared_data: Callable[[str], Path]) -> None:
    assert "at the same position" in refusal(shared_data("prisma-fl3d-dynamic"))
