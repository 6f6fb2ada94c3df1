from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from HeadNeckNodesLib.errors import InputError
from identity_builders import KNOWN, NAME, PATIENT_ID, PSEUDONYMS, STUDY_DATE, STUDY_UID, a_named_image
from iENEGraderLib.export.deidentify import cleaned, of_datasets, require_clean
from iENEGraderLib.export.deidentify.descriptors import cleaned_text

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom import Dataset


@pytest.fixture
def a_clean_image() -> Dataset:
    return cleaned(a_named_image(), PSEUDONYMS)


def saved(dataset: Dataset, path: Path) -> Path:
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_a_cleaned_image_passes_the_gate_and_the_source_does_not(tmp_path: Path, a_clean_image: Dataset) -> None:
    source = a_named_image()
    identifiers = of_datasets([source]) | KNOWN
    saved(a_clean_image, tmp_path / "clean.dcm")

    assert require_clean(tmp_path, identifiers).files == 1

    saved(source, tmp_path / "source.dcm")
    with pytest.raises(InputError, match=r"source\.dcm"):
        require_clean(tmp_path, identifiers)


def test_pseudonyms_stand_where_the_patient_stood(a_clean_image: Dataset) -> None:
    case_id = PSEUDONYMS.case_id(PATIENT_ID)

    assert a_clean_image.PatientName == a_clean_image.PatientID == case_id
    assert a_clean_image.StudyInstanceUID == PSEUDONYMS.uid(STUDY_UID)
    assert a_clean_image.StudyDate == PSEUDONYMS.shifted(STUDY_DATE, PATIENT_ID) != STUDY_DATE
    assert a_clean_image.AcquisitionDateTime == f"{a_clean_image.StudyDate}101530.5"
    assert a_clean_image.file_meta.MediaStorageSOPInstanceUID == a_clean_image.SOPInstanceUID


def test_references_are_kept_with_new_uids_and_nothing_else(a_clean_image: Dataset) -> None:
    (item,) = a_clean_image.SourceImageSequence

    assert [element.keyword for element in item] == ["ReferencedSOPClassUID", "ReferencedSOPInstanceUID"]
    assert item.ReferencedSOPInstanceUID == PSEUDONYMS.uid(f"{STUDY_UID}.9")
    assert item.ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"


def test_what_is_on_no_list_is_dropped(a_clean_image: Dataset) -> None:
    for keyword in ("InstitutionName", "PatientAddress", "ImageComments", "DeviceSerialNumber", "OperatorsName"):
        assert keyword not in a_clean_image
    assert "ReferencedStudySequence" not in a_clean_image
    assert not a_clean_image.AccessionNumber
    assert not a_clean_image.PatientBirthDate


def test_only_known_words_of_descriptions_stay(a_clean_image: Dataset) -> None:
    assert a_clean_image.SeriesDescription == "CT Neck venous 0.5mm"
    assert cleaned_text("ax_thin MonoE 40keV 20240229 MRN0078123 internal_carotid_artery_left N1") == (
        "ax thin MonoE 40keV internal carotid artery left N1"
    )


def test_private_attributes_stay_only_when_listed(a_clean_image: Dataset) -> None:
    private = {str(element.value) for element in a_clean_image if element.tag.is_private}

    assert private == {"ELSCINT1", "MonoE 40keV", "40"}


def test_a_private_number_that_holds_letters_is_dropped() -> None:
    image = a_named_image()
    image.private_block(0x01F7, "ELSCINT1")[0xCB].value = "40"
    del image[0x01F7, 0x10CB]
    image.private_block(0x01F7, "ELSCINT1").add_new(0xCB, "LO", "Anna")

    assert (0x01F7, 0x10CB) not in cleaned(image, PSEUDONYMS)


def test_pixels_and_place_are_as_they_were(a_clean_image: Dataset) -> None:
    source = a_named_image()

    assert a_clean_image.PixelData == source.PixelData
    for keyword in ("ImagePositionPatient", "PixelSpacing", "KVP", "RescaleIntercept", "StudyTime"):
        assert a_clean_image[keyword].value == source[keyword].value


@pytest.mark.parametrize(("bits", "kept"), [(16, 512), (1, 32)])
def test_bytes_behind_the_last_pixel_go(bits: int, kept: int) -> None:
    source = a_named_image("1.2.840.10008.5.1.4.1.1.66.4" if bits == 1 else "1.2.840.10008.5.1.4.1.1.2")
    source.BitsAllocated, source.BitsStored, source.NumberOfFrames = bits, bits, 1
    pixels = bytes(range(1, 33)) * (kept // 32)
    source.PixelData = pixels + b"of Anna "

    assert cleaned(source, PSEUDONYMS).PixelData == pixels


def test_each_of_several_uids_gets_a_pseudonym_and_none_stays_none() -> None:
    source = a_named_image()
    source.IrradiationEventUID, source.SourceImageSequence[0].ReferencedSOPInstanceUID = ["1.2.276.1", "1.2.276.2"], ""

    result = cleaned(source, PSEUDONYMS)

    assert list(result.IrradiationEventUID) == [PSEUDONYMS.uid("1.2.276.1"), PSEUDONYMS.uid("1.2.276.2")]
    assert result.SourceImageSequence[0].ReferencedSOPInstanceUID == ""


def test_attributes_that_every_object_must_have_are_there_though_empty() -> None:
    source = a_named_image()
    names = ("AccessionNumber", "ReferringPhysicianName", "PatientBirthDate", "StudyID", "PatientSex", "StudyTime")
    for name in names:
        if name in source:
            del source[name]

    result = cleaned(source, PSEUDONYMS)

    assert [str(result[name].value or "") for name in names] == [""] * len(names)


def test_the_steps_of_a_report_are_not_named() -> None:
    source = a_named_image("1.2.840.10008.5.1.4.1.1.88.33", "SR")
    del source.PixelData
    source.ReferencedPerformedProcedureStepSequence = source.SourceImageSequence

    assert list(cleaned(source, PSEUDONYMS).ReferencedPerformedProcedureStepSequence) == []


def test_an_object_with_the_high_byte_first_is_refused(tmp_path: Path) -> None:
    source = a_named_image()
    del source.PixelData
    source.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.2"
    for group in (0x29, 0xE1, 0x1F7, 0x99):
        for element in list(source.group_dataset(group)):
            del source[element.tag]
    source.save_as(tmp_path / "a.dcm", implicit_vr=False, little_endian=False, enforce_file_format=True)
    with pytest.raises(InputError, match="high byte first"):
        cleaned(pydicom.dcmread(tmp_path / "a.dcm"), PSEUDONYMS)


def test_the_image_says_how_it_was_cleaned(a_clean_image: Dataset) -> None:
    codes = {item.CodeValue for item in a_clean_image.DeidentificationMethodCodeSequence}

    assert a_clean_image.PatientIdentityRemoved == "YES"
    assert a_clean_image.LongitudinalTemporalInformationModified == "MODIFIED"
    assert codes == {"113100", "113104", "113105", "113107", "113111"}


def test_age_and_sex_stay_only_when_wanted_and_great_age_is_limited() -> None:
    kept = cleaned(a_named_image(), PSEUDONYMS, keep_characteristics=True)

    assert (kept.PatientSex, kept.PatientAge) == ("F", "090Y")
    assert "113108" in {item.CodeValue for item in kept.DeidentificationMethodCodeSequence}
    assert not cleaned(a_named_image(), PSEUDONYMS).PatientSex


def test_the_source_is_not_changed() -> None:
    source = a_named_image()
    before = deepcopy(source)

    cleaned(source, PSEUDONYMS)

    assert source == before


def test_compressed_pixels_are_written_plain() -> None:
    source = a_named_image()
    source.compress("1.2.840.10008.1.2.5", np.arange(256, dtype="<u2").reshape(16, 16), generate_instance_uid=False)

    result = cleaned(source, PSEUDONYMS)

    assert result.PixelData == a_named_image().PixelData


def test_a_report_keeps_codes_and_numbers_and_loses_names_and_texts(tmp_path: Path) -> None:
    report = a_named_image("1.2.840.10008.5.1.4.1.1.88.33", "SR")
    del report.PixelData
    report.ContentSequence = [
        item("PNAME", PersonName=NAME),
        item("TEXT", TextValue=f"{NAME} came again"),
        item("TEXT", TextValue="greatest dimension by hand"),
        item("NUM", MeasuredValueSequence=[pydicom.Dataset()]),
        item("UIDREF", UID=STUDY_UID),
        item("DATETIME", DateTime=f"{STUDY_DATE}1200"),
    ]
    report.ContentSequence[3].MeasuredValueSequence[0].NumericValue = "24.5"
    report.VerificationFlag, report.ValueType = "VERIFIED", "CONTAINER"

    result = cleaned(report, PSEUDONYMS)

    person, gone, kept, number, uid, when = result.ContentSequence
    assert person.PersonName == "Reader"
    assert (gone.TextValue, kept.TextValue) == ("LEFT OUT", "greatest dimension by hand")
    assert number.MeasuredValueSequence[0].NumericValue == 24.5
    assert PSEUDONYMS.uid(STUDY_UID) == uid.UID
    assert when.DateTime == PSEUDONYMS.shifted(f"{STUDY_DATE}1200", PATIENT_ID)
    assert result.VerificationFlag == "UNVERIFIED"
    saved(result, tmp_path / "report.dcm")
    require_clean(tmp_path, KNOWN)


def item(value_type: str, **values: Any) -> Dataset:
    result = pydicom.Dataset()
    result.ValueType, result.RelationshipType = value_type, "CONTAINS"
    for name, value in values.items():
        setattr(result, name, value)
    return result


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "Secondary Capture"),
    ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.4"}, "Secondary Capture"),
    ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.104.1"}, "encapsulated"),
    ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.67"}, "dose report"),
    ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.128"}, "no CT or MR image"),
    ({"BurnedInAnnotation": "YES"}, "burned in"),
    ({"ConversionType": "WSD"}, "ConversionType"),
    ({"OverlayRows": None}, "overlay"),
    ({"SeriesDescription": "Dose Report"}, "captured screen or a dose report"),
    ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, "captured screen"),
    ({"PhotometricInterpretation": "RGB"}, "coloured"),
    ({"PixelData": np.full(256, 0x8001, "<u2").tobytes()}, "unused bits"),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSALS, ids=[reason for _, reason in REFUSALS])
def test_what_may_show_a_name_in_its_pixels_is_refused_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    image = a_named_image()
    for keyword, value in changes.items():
        if keyword == "OverlayRows":
            image.add_new((0x6000, 0x0010), "US", 16)
        else:
            setattr(image, keyword, value)

    with pytest.raises(InputError, match=reason) as caught:
        cleaned(image, PSEUDONYMS)
    assert "Brück" not in str(caught.value)


def test_an_object_without_patient_id_is_named_after_patient_or_study() -> None:
    image = a_named_image()
    image.PatientID = ""
    by_name = cleaned(image, PSEUDONYMS).PatientID
    image.PatientName = image.PatientBirthDate = ""
    by_study = cleaned(image, PSEUDONYMS).PatientID
    image.StudyInstanceUID = ""

    assert len({by_name, by_study, PSEUDONYMS.case_id(PATIENT_ID)}) == 3
    with pytest.raises(InputError, match="neither patient nor study"):
        cleaned(image, PSEUDONYMS)


def test_a_cleaned_file_can_be_read_again(a_clean_image: Dataset) -> None:
    stream = BytesIO()
    a_clean_image.save_as(stream, enforce_file_format=True)
    stream.seek(0)

    assert pydicom.dcmread(stream).preamble == bytes(128)


def test_every_row_of_the_list_has_source_and_reason_and_a_known_attribute() -> None:
    from iENEGraderLib.export.deidentify.allow_list import load_allow_list

    rules = load_allow_list()

    assert all(rule.source and rule.reason for rule in (*rules.public.values(), *rules.private.values()))


BAD_TABLES = {
    "lacks keywords": '[[rows]]\nfamilies=["all"]\naction="keep"\nsource="s"\nreason="r"',
    "unknown attributes": '[[rows]]\nfamilies=["all"]\naction="keep"\nsource="s"\nreason="r"\nkeywords=["PatientNam"]',
    "needs a source": '[[rows]]\nfamilies=["all"]\naction="keep"\nsource="x"\nreason="r"\nkeywords=["Modality"]',
    "an action of": '[[rows]]\nfamilies=["all"]\naction="hide"\nsource="s"\nreason="r"\nkeywords=["Modality"]',
    "twice": '[[rows]]\nfamilies=["CT"]\naction="keep"\nsource="s"\nreason="r"\nkeywords=["Modality", "Modality"]',
    "belongs to the action fixed": '[[rows]]\nfamilies=["CT"]\naction="fixed"\nsource="s"\nreason="r"\nkeywords=[]',
}


@pytest.mark.parametrize("reason", BAD_TABLES)
def test_a_bad_table_is_refused_with_its_row(tmp_path: Path, reason: str) -> None:
    from iENEGraderLib.export.deidentify.allow_list import load_allow_list

    table = tmp_path / "attributes.toml"
    table.write_text(f'[sources]\ns = "somewhere"\n{BAD_TABLES[reason]}\n')

    with pytest.raises(InputError, match=rf"attributes\.toml: row 1.*{reason}"):
        load_allow_list(table)
