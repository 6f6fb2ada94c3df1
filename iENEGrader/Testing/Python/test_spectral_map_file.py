"""A map in a file says what it shows and in which unit; a file that does not is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import SimpleITK
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.write import write_image
from iENEGraderLib.spectral import (
    MapKind,
    MonochromaticSeries,
    SpectralInput,
    apply,
    fat_fraction,
    iodine,
    monochromatic_input,
    virtual_monochromatic,
    virtual_non_contrast,
)
from iENEGraderLib.spectral.map_file import KEV, MAP, UNIT, read_map, require_kind, write_map
from spectral_phantoms import Neck

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from iENEGraderLib.spectral import Blend


@pytest.fixture(scope="module")
def two_energies() -> SpectralInput:
    neck = Neck(noise_hu=8.0)
    return monochromatic_input([MonochromaticSeries(neck.monochromatic(kev), kev) for kev in (40, 70)])


def image_of(data: SpectralInput, blend: Blend) -> Image:
    return Image(apply(blend.affine, data.voxels), data.geometry)


@pytest.mark.parametrize("build", [iodine, fat_fraction, virtual_non_contrast, lambda d: virtual_monochromatic(d, 55)])
def test_what_was_written_is_read_with_its_kind_and_unit(
    build: Callable[[SpectralInput], Blend], two_energies: SpectralInput, tmp_path: Path
) -> None:
    blend = build(two_energies)
    image = image_of(two_energies, blend)
    write_map(image, blend, tmp_path / "map.nrrd")
    found = read_map(tmp_path / "map.nrrd")
    assert (found.kind, found.unit, found.kev) == (blend.kind, blend.unit, blend.kev)
    assert np.array_equal(found.image.voxels, image.voxels)
    assert found.image.geometry.matches(image.geometry)


def test_a_file_that_does_not_say_what_it_is_is_refused(two_energies: SpectralInput, tmp_path: Path) -> None:
    image = image_of(two_energies, iodine(two_energies))
    write_image(image, tmp_path / "iodine.nrrd")
    with pytest.raises(InputError, match=r"iodine.nrrd: its header does not say which map it is nor its unit"):
        read_map(tmp_path / "iodine.nrrd")
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(image.voxels), str(tmp_path / "iodine.mha"))
    with pytest.raises(InputError, match="its format does not state what the values are"):
        read_map(tmp_path / "iodine.mha")


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({MAP: "iodine", UNIT: "[hnsf'U]"}, r"iodine in '\[hnsf'U\]', expected 'mg/mL'"),
        ({MAP: "fat fraction"}, "fat fraction in 'no unit', expected '1'"),
        ({MAP: "calcium", UNIT: "mg/mL"}, "does not say which map it is"),
        ({MAP: "virtual monochromatic", UNIT: "[hnsf'U]", KEV: "low"}, "gives 'low' for the energy"),
    ],
)
def test_a_header_that_cannot_be_is_refused(
    attributes: dict[str, str], said: str, two_energies: SpectralInput, tmp_path: Path
) -> None:
    write_image(two_energies.channels[0].image, tmp_path / "map.nrrd", attributes)
    with pytest.raises(InputError, match=said):
        read_map(tmp_path / "map.nrrd")


def test_a_map_in_the_place_of_another_is_refused(two_energies: SpectralInput, tmp_path: Path) -> None:
    blend = iodine(two_energies)
    write_map(image_of(two_energies, blend), blend, tmp_path / "map.nrrd")
    found = read_map(tmp_path / "map.nrrd")
    assert require_kind(found, MapKind.IODINE, "map.nrrd") is found
    with pytest.raises(InputError, match="found a map of the kind iodine, expected fat fraction"):
        require_kind(found, MapKind.FAT_FRACTION, "map.nrrd")
