"""Objects of other programs are as valid after cleaning as before, or refused: judged by dciodvfy (dicom3tools)."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from typing import TYPE_CHECKING

import pytest
from foreign_objects import a_parametric_map, a_report, a_segmentation, an_enhanced_image, an_image, an_item
from HeadNeckNodesLib.errors import InputError
from identity_builders import PSEUDONYMS
from iENEGraderLib.export.deidentify import Identifier, Identifiers, Kind, cleaned, of_datasets, require_clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom import Dataset

OBJECTS: dict[str, Callable[[], Dataset]] = {
    "CT": lambda: an_image("CT_small.dcm"),
    "MR": lambda: an_image("MR_small.dcm"),
    "enhanced CT": lambda: an_enhanced_image("CT"),
    "enhanced MR": lambda: an_enhanced_image("MR"),
    "SEG": lambda: a_segmentation("BINARY"),
    "SEG, fractional": lambda: a_segmentation("FRACTIONAL"),
    "SEG of pydicom's examples": lambda: an_image("liver_1frame.dcm"),
    "PM": a_parametric_map,
    "SR": lambda: a_report("1.2.840.10008.5.1.4.1.1.88.33", "1500"),
    "KOS": lambda: a_report("1.2.840.10008.5.1.4.1.1.88.59", "2010"),
}


@pytest.fixture(autouse=True)
def quiet() -> None:
    warnings.simplefilter("ignore")


def complaints(dataset: Dataset, path: Path) -> set[str]:
    """What dciodvfy calls an error."""
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (package dicom3tools) is not installed")
    dataset.save_as(path, enforce_file_format=True)
    told = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, check=False).stderr
    return {line for line in told.decode("latin-1").splitlines() if line.startswith("Error")}


@pytest.mark.parametrize("name", OBJECTS)
def test_cleaning_breaks_nothing_that_was_valid(tmp_path: Path, name: str) -> None:
    before = OBJECTS[name]()
    after = cleaned(before, PSEUDONYMS)

    assert complaints(after, tmp_path / "after.dcm") - complaints(before, tmp_path / "before.dcm") == set()


@pytest.mark.parametrize("name", OBJECTS)
def test_persons_and_devices_of_other_programs_do_not_stay(tmp_path: Path, name: str) -> None:
    before = OBJECTS[name]()
    planted = Identifiers(frozenset({Identifier(Kind.PERSON, "Brackenbury"), Identifier(Kind.DEVICE, "SN-4711")}))
    cleaned(before, PSEUDONYMS).save_as(tmp_path / "after.dcm", enforce_file_format=True)

    assert require_clean(tmp_path, of_datasets([before]) | planted).files == 1


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["enhanced-mr/6_1.dcm", "dcmqi-sr-example/seg.dcm", "dcmqi-sr-example/sr.dcm"])
def test_cleaning_breaks_no_real_object(tmp_path: Path, shared_data: Callable[[str], Path], name: str) -> None:
    import pydicom

    before = pydicom.dcmread(shared_data(name))
    after = cleaned(before, PSEUDONYMS)

    assert complaints(after, tmp_path / "after.dcm") - complaints(before, tmp_path / "before.dcm") == set()


def test_frames_stay_in_their_order_when_nothing_of_one_may_stay() -> None:
    first, second = cleaned(an_enhanced_image("CT"), PSEUDONYMS).PerFrameFunctionalGroupsSequence

    assert "PlanePositionSequence" in first
    assert [len(item) for item in second.FrameContentSequence] == [0]


def test_the_number_of_a_device_that_has_to_be_stated_is_a_dummy() -> None:
    assert cleaned(a_parametric_map(), PSEUDONYMS).DeviceSerialNumber == "REMOVED"
    assert cleaned(an_enhanced_image("MR"), PSEUDONYMS).DeviceSerialNumber == "REMOVED"


def test_the_program_of_a_segment_is_named_by_known_words_alone() -> None:
    (segment,) = cleaned(a_segmentation("BINARY"), PSEUDONYMS).SegmentSequence

    assert (segment.SegmentAlgorithmName, segment.SegmentLabel) == ("LEFT OUT", "node")


def test_what_belongs_to_a_slide_or_is_coloured_is_refused() -> None:
    slide = a_segmentation("BINARY")
    slide.TotalPixelMatrixRows = 4
    coloured = an_enhanced_image("CT")
    coloured.PixelPresentation = "COLOR"

    with pytest.raises(InputError, match="microscope slide"):
        cleaned(slide, PSEUDONYMS)
    with pytest.raises(InputError, match="coloured"):
        cleaned(coloured, PSEUDONYMS)


@pytest.mark.parametrize(("age", "kept"), [("089Y", "089Y"), ("090Y", "090Y"), ("101Y", "090Y"), ("95", "090Y"),
                                           ("011M", "011M"), ("old, 95", "")])  # fmt: skip
def test_ages_over_89_are_one_age(age: str, kept: str) -> None:
    image = an_image("CT_small.dcm")
    image["PatientAge"].value = age

    assert (cleaned(image, PSEUDONYMS, keep_characteristics=True).PatientAge or "") == kept


def test_codes_and_vocabularies_are_no_identifiers() -> None:
    image = an_image("CT_small.dcm")
    image.CodingSchemeIdentificationSequence = [an_item(CodingSchemeUID="2.16.840.1.113883.6.96")]
    image.StationName = image.ManufacturerModelName = "IQon"
    image.InstitutionName = image.Manufacturer

    values = {one.value for one in of_datasets([image]).found}
    assert not values & {"2.16.840.1.113883.6.96", "IQon", image.Manufacturer}


def test_values_count_by_their_type_in_items_and_in_lists_too() -> None:
    image = an_image("CT_small.dcm")
    image.ContentCreatorName, image.ContentDate, image.DeviceUID = "Quasten^Ute", "20240229", "2.16.4711.1"
    image.OtherPatientIDs = ["AB-1", "AB-2"]
    image.OtherPatientIDsSequence = [an_item(PatientID="CD-3")]

    values = {one.value for one in of_datasets([image]).found}
    assert {"Quasten^Ute", "20240229", "2.16.4711.1", "AB-1", "AB-2", "CD-3"} <= values
