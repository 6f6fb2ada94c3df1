"""Derived DICOM series: read back by others with the values, places and origin that they must have."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pydicom
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.read import read_image
from iENEGraderLib.export import derived_attributes
from iENEGraderLib.export.derived_attributes import (
    CONCENTRATION,
    HOUNSFIELD,
    IODINE,
    MG_PER_ML,
    QUANTITY,
    SUBSTANCE,
    WATER,
    Code,
    DerivedMap,
)
from iENEGraderLib.export.derived_series import (
    NewSeries,
    Sources,
    free_series_number,
    stored_values,
    write_derived_series,
)
from iENEGraderLib.spectral.recognition import SeriesKind, converted_image, read_spectral_series
from spectral_series_builders import NECK, PATIENT, STUDY, item, write_vmi

if TYPE_CHECKING:
    from pathlib import Path

VMI = DerivedMap(
    image_type="VMI",
    name="40 keV [HU], computed",
    how="40 keV = +2 x [50 keV] -1 x [70 keV]",
    basis="water and iodine",
    rescale_type="HU",
    unit=HOUNSFIELD,
    step=1.0,
    materials=(WATER, IODINE),
    kev=40.0,
)
IODINE_MAP = DerivedMap(
    image_type="MAT_SPECIFIC",
    name="iodine [MGML], computed",
    how="iodine",
    basis="fat, soft tissue and iodine",
    rescale_type="MGML",
    unit=MG_PER_ML,
    step=0.01,
    quantity=((QUANTITY, CONCENTRATION), (SUBSTANCE, IODINE)),
    window=(2.5, 5.0),
)
NEW = NewSeries(1401, "HeadNeckNodes test")
TYPE_1_MODULES = ("patient", "general-study", "general-series", "frame-of-reference", "general-equipment", "ct-image")
MORE_MODULES = ("image-plane", "image-pixel", "sop-common")


class Pair:
    """Two source series, and a folder for what is derived from them."""

    def __init__(self, folder: Path) -> None:
        self.low = read_spectral_series(write_vmi(folder / "low", 50, SeriesNumber=4, PatientSex="F"))
        self.high = read_spectral_series(write_vmi(folder / "high", 70, SeriesNumber=5))
        self.sources = Sources((self.low.slices, self.high.slices))
        self.out = folder / "out"
        self.out.mkdir()

    def write(self, values: np.ndarray, derived: DerivedMap) -> list[Path]:
        return write_derived_series(stored_values(values, derived.step), self.sources, derived, self.out, NEW)


@pytest.fixture
def a_pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def test_values_and_places_come_back(a_pair: Pair) -> None:
    truth = NECK.monochromatic(40, np.int16).voxels + np.arange(3)[:, None, None]
    a_pair.write(truth.astype(np.float32), VMI)

    image = read_image(a_pair.out)

    assert np.array_equal(image.voxels, truth)
    assert image.geometry.matches(a_pair.low.image.geometry, 1e-6)


def test_iodine_comes_back_in_mg_per_ml_by_both_ways_of_stating_units(a_pair: Pair) -> None:
    truth = NECK.iodine_map().voxels
    files = a_pair.write(truth, IODINE_MAP)

    assert read_image(a_pair.out).voxels == pytest.approx(truth, abs=0.0051)
    data = pydicom.dcmread(files[1])
    mapping = data.RealWorldValueMappingSequence[0]
    by_mapping = data.pixel_array * mapping.RealWorldValueSlope + mapping.RealWorldValueIntercept
    assert by_mapping == pytest.approx(truth[1], abs=0.0051)
    assert mapping.MeasurementUnitsCodeSequence[0].CodeValue == "mg/ml"
    assert data.RescaleType == "MGML"


def test_the_mapping_says_which_quantity_its_values_are(a_pair: Pair) -> None:
    data = pydicom.dcmread(a_pair.write(NECK.iodine_map().voxels, IODINE_MAP)[0])
    mapping = data.RealWorldValueMappingSequence[0]
    quantity = [
        (each.ConceptNameCodeSequence[0].CodeMeaning, each.ConceptCodeSequence[0].CodeMeaning)
        for each in mapping.QuantityDefinitionSequence
    ]
    assert quantity == [("Quantity", "Concentration"), ("Substance", "Iodine")]
    assert {each.ValueType for each in mapping.QuantityDefinitionSequence} == {"CODE"}
    assert "RescaleType" in data
    assert data.RescaleType == "MGML"
    assert "hnsf" not in data.to_json()


def test_codes_are_those_of_the_dictionaries() -> None:
    concepts = pytest.importorskip("pydicom.sr._concepts_dict").concepts
    known = {
        (scheme, value): meaning
        for scheme, names in concepts.items()
        for values in names.values()
        for value, (meaning, _) in values.items()
    }
    codes = [each for each in vars(derived_attributes).values() if isinstance(each, Code)]
    assert len(codes) >= 11
    for code in codes:
        meaning = known[code.scheme, code.value]
        assert code.scheme == "UCUM" or meaning.lower() == code.meaning.lower()


@pytest.mark.parametrize(("rescale_type", "unit"), [("HU", MG_PER_ML), ("MGML", HOUNSFIELD), ("HU_MOD", MG_PER_ML)])
@pytest.mark.parametrize("image_type", ["MAT_SPECIFIC", "MAT_FRACTIONAL"])
def test_a_map_of_a_material_is_never_in_hu(image_type: str, rescale_type: str, unit: Code) -> None:
    with pytest.raises(InputError, match="cannot be in HU"):
        replace(IODINE_MAP, image_type=image_type, rescale_type=rescale_type, unit=unit)


def test_a_series_that_was_resampled_is_referred_to_as_a_whole(a_pair: Pair) -> None:
    a_pair.sources = Sources((a_pair.high.slices,), a_pair.low.slices[:2])
    files = a_pair.write(NECK.iodine_map().voxels, IODINE_MAP)
    moved = [pydicom.dcmread(one.path).SOPInstanceUID for one in a_pair.low.slices[:2]]
    for number, path in enumerate(files):
        data = pydicom.dcmread(path)
        same = pydicom.dcmread(a_pair.high.slices[number].path).SOPInstanceUID
        assert [each.ReferencedSOPInstanceUID for each in data.SourceImageSequence] == [same, *moved]


def test_what_was_written_is_recognised_again(a_pair: Pair, tmp_path: Path) -> None:
    a_pair.write(NECK.monochromatic(40).voxels, VMI)
    found = read_spectral_series(a_pair.out).recognised
    assert (found.kind, found.energy_kev, found.problem) == (SeriesKind.MONOCHROMATIC, 40, None)

    a_pair.out = tmp_path / "iodine"
    a_pair.out.mkdir()
    a_pair.write(NECK.iodine_map().voxels, IODINE_MAP)
    series = read_spectral_series(a_pair.out)
    assert series.recognised.kind is SeriesKind.IODINE_MAP
    assert converted_image(series).voxels[NECK.roi("artery")].mean() == pytest.approx(8.0, abs=0.01)


def test_it_is_a_derived_object_of_the_same_patient_and_study_with_an_identity_of_its_own(a_pair: Pair) -> None:
    files = a_pair.write(NECK.monochromatic(40).voxels, VMI)
    images = [pydicom.dcmread(path) for path in files]
    source = pydicom.dcmread(a_pair.low.slices[0].path)

    first = images[0]
    assert (str(first.PatientName), first.PatientID, first.PatientSex) == (PATIENT, "ID-4711", "F")
    assert first.StudyInstanceUID == STUDY
    assert first.FrameOfReferenceUID == source.FrameOfReferenceUID
    assert list(first.ImageType) == ["DERIVED", "SECONDARY", "AXIAL", "VMI"]
    assert first.SeriesInstanceUID not in {a_pair.low.slices[0].series_uid, a_pair.high.slices[0].series_uid}
    assert len({image.SOPInstanceUID for image in images} | {source.SOPInstanceUID}) == 4
    assert len({image.SeriesInstanceUID for image in images}) == 1
    assert [image.InstanceNumber for image in images] == [1, 2, 3]
    assert first.SeriesNumber == 1401
    assert first.DerivationDescription == VMI.how
    assert (first.Manufacturer, first.SoftwareVersions) == ("HeadNeckNodes", "HeadNeckNodes test")
    assert first.ContributingEquipmentSequence[0].Manufacturer == "Maker"


def test_each_image_refers_to_the_two_images_that_it_was_computed_from(a_pair: Pair) -> None:
    files = a_pair.write(NECK.monochromatic(40).voxels, VMI)
    for number, path in enumerate(files):
        data = pydicom.dcmread(path)
        parents = [pydicom.dcmread(one.slices[number].path) for one in (a_pair.low, a_pair.high)]
        assert [each.ReferencedSOPInstanceUID for each in data.SourceImageSequence] == [
            parent.SOPInstanceUID for parent in parents
        ]
        assert [each.SeriesInstanceUID for each in data.ReferencedSeriesSequence] == [
            parent.SeriesInstanceUID for parent in parents
        ]
        assert list(data.ImagePositionPatient) == list(parents[0].ImagePositionPatient)


def test_supplement_188_is_filled_as_far_as_it_is_known(a_pair: Pair) -> None:
    data = pydicom.dcmread(a_pair.write(NECK.monochromatic(40).voxels, VMI)[0])
    processing = data.MultienergyCTProcessingSequence[0]
    assert data.MultienergyCTCharacteristicsSequence[0].MonoenergeticEnergyEquivalent == 40.0
    assert processing.DecompositionMethod == "IMAGE_BASED"
    materials = [each.MaterialCodeSequence[0].CodeMeaning for each in processing.DecompositionMaterialSequence]
    assert materials == ["Water", "Iodine"]
    # The flag would promise the acquisition, which the sources do not describe.
    assert "MultienergyCTAcquisition" not in data


def test_the_acquisition_of_the_source_is_kept_and_the_flag_set(tmp_path: Path) -> None:
    acquisition = [item(MultienergyAcquisitionDescription="two tubes")]
    folder = write_vmi(tmp_path / "low", 50, MultienergyCTAcquisitionSequence=acquisition)
    series = read_spectral_series(folder)
    (tmp_path / "out").mkdir()
    stored = stored_values(NECK.monochromatic(40).voxels, 1.0)
    files = write_derived_series(stored, Sources((series.slices,)), VMI, tmp_path / "out", NEW)
    data = pydicom.dcmread(files[0])
    assert data.MultienergyCTAcquisition == "YES"
    assert data.MultienergyCTAcquisitionSequence[0].MultienergyAcquisitionDescription == "two tubes"


@pytest.mark.parametrize("derived", [VMI, IODINE_MAP])
def test_attributes_that_the_standard_requires_are_there(a_pair: Pair, derived: DerivedMap) -> None:
    modules = pytest.importorskip("highdicom._modules").MODULE_ATTRIBUTE_MAP
    data = pydicom.dcmread(a_pair.write(NECK.monochromatic(40).voxels, derived)[0])
    for name in (*TYPE_1_MODULES, *MORE_MODULES):
        for attribute in modules[name]:
            if attribute["path"]:
                continue
            keyword, kind = attribute["keyword"], attribute["type"]
            assert kind not in ("1", "2") or keyword in data, f"{name}: {keyword}"
            assert kind != "1" or data[keyword].VM > 0, f"{name}: {keyword} is empty"


def test_private_attributes_of_the_scanner_are_left_behind(tmp_path: Path) -> None:
    folder = write_vmi(tmp_path / "low", 50)
    for path in folder.iterdir():
        data = pydicom.dcmread(path)
        data.private_block(0x0011, "MAKER", create=True).add_new(1, "LO", "serial of DOE")
        data.save_as(path)
    series = read_spectral_series(folder)
    (tmp_path / "out").mkdir()
    stored = stored_values(NECK.monochromatic(40).voxels, 1.0)
    files = write_derived_series(stored, Sources((series.slices,)), VMI, tmp_path / "out", NEW)
    assert not any(element.tag.is_private for element in pydicom.dcmread(files[0]).iterall())


def test_values_beyond_16_bits_stop_at_the_end() -> None:
    values = np.array([-1e9, -0.006, 0.004, 1e9], np.float32)
    assert stored_values(values, 0.01).tolist() == [-32768, -1, 0, 32767]


def test_a_map_of_another_size_is_refused(a_pair: Pair) -> None:
    with pytest.raises(InputError, match="has shape"):
        a_pair.write(np.zeros((2, 4, 4), np.float32), VMI)
    assert not list(a_pair.out.iterdir())


def test_sources_of_different_length_are_refused(a_pair: Pair) -> None:
    with pytest.raises(InputError, match="equally many"):
        Sources((a_pair.low.slices, a_pair.high.slices[:2]))


def test_series_numbers_tell_their_source(a_pair: Pair) -> None:
    assert free_series_number(a_pair.low.slices, 3) == 1403


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (package dicom3tools) is not installed")
@pytest.mark.parametrize(
    ("header", "side"),
    [({}, ""), ({"BodyPartExamined": "NECK"}, "absent"), ({"BodyPartExamined": "ARM", "Laterality": "L"}, "L")],
    ids=str,
)
def test_a_side_is_stated_as_far_as_the_source_knows_it(tmp_path: Path, header: dict[str, str], side: str) -> None:
    source = read_spectral_series(write_vmi(tmp_path / "source", 50, **header))
    (tmp_path / "out").mkdir()
    values = stored_values(NECK.monochromatic(40, np.float32).voxels, 1.0)
    first = write_derived_series(values, Sources((source.slices,)), VMI, tmp_path / "out", NEW)[0]

    told = subprocess.run(["dciodvfy", "-new", str(first)], capture_output=True, text=True, check=False).stderr
    assert [line for line in told.splitlines() if line.startswith("Error")] == []
    assert pydicom.dcmread(first).get("Laterality", "absent") == side
