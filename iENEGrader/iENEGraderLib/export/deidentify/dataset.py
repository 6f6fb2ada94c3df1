"""One DICOM object cleaned by the allow-list (PS3.15 basic profile with clean options)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.deidentify.allow_list import Action, AllowList, Family, PrivateName, Rule, load_allow_list
from iENEGraderLib.export.deidentify.burned_in import require_no_burned_in_text
from iENEGraderLib.export.deidentify.descriptors import cleaned_text
from iENEGraderLib.export.deidentify.statement import state_deidentification

if TYPE_CHECKING:
    from pydicom import DataElement, Dataset

    from iENEGraderLib.export.deidentify.pseudonym import Pseudonyms

FAMILIES = {
    "1.2.840.10008.5.1.4.1.1.2": Family.CT,
    "1.2.840.10008.5.1.4.1.1.2.1": Family.CT,
    "1.2.840.10008.5.1.4.1.1.4": Family.MR,
    "1.2.840.10008.5.1.4.1.1.4.1": Family.MR,
    "1.2.840.10008.5.1.4.1.1.66.4": Family.SEG,
    "1.2.840.10008.5.1.4.1.1.66.7": Family.SEG,
    "1.2.840.10008.5.1.4.1.1.88.11": Family.SR,
    "1.2.840.10008.5.1.4.1.1.88.22": Family.SR,
    "1.2.840.10008.5.1.4.1.1.88.33": Family.SR,
    "1.2.840.10008.5.1.4.1.1.88.34": Family.SR,
    "1.2.840.10008.5.1.4.1.1.88.59": Family.KOS,
    "1.2.840.10008.5.1.4.1.1.30": Family.PM,
}
ENHANCED = (
    "1.2.840.10008.5.1.4.1.1.2.1",
    "1.2.840.10008.5.1.4.1.1.4.1",
    "1.2.840.10008.5.1.4.1.1.66.4",
    "1.2.840.10008.5.1.4.1.1.66.7",
    "1.2.840.10008.5.1.4.1.1.30",
)
"""Objects that have to state the number of their device (PS3.3 C.7.5.2)."""
NO_NUMBER = "REMOVED"
OF_SLIDES = ("TotalPixelMatrixRows", "ImageOrientationSlide", "ContainerIdentifier")
AGE = re.compile(r"(\d{1,3})([DWMY]?)")
OLDEST_YEARS = 90
NEEDED_TEXTS = {
    "AlgorithmName", "ContentLabel", "LUTExplanation", "LUTLabel", "MultiCoilElementName", "SegmentAlgorithmName",
    "SegmentLabel", "TextValue", "TrackingID",
}  # fmt: skip
NEEDED_ITEMS = {
    "FrameContentSequence", "PerFrameFunctionalGroupsSequence", "SegmentSequence", "SharedFunctionalGroupsSequence",
}  # fmt: skip
"""Sequences whose items count even when nothing of them stays: one for each frame or segment."""
TEXT_LEFT_OUT = "LEFT OUT"
"""Stands where a text has to be present and no word of it may stay."""
OLDEST_AGE = "090Y"


@dataclass(frozen=True)
class _Cleaning:
    """What is the same for an object and all items in it."""

    allowed: AllowList
    family: Family
    patient: str
    pseudonyms: Pseudonyms
    keep_characteristics: bool


def cleaned(
    dataset: Dataset, pseudonyms: Pseudonyms, *, keep_characteristics: bool = False, patient: str | None = None
) -> Dataset:
    """Return a new object without what identifies the patient; the given one stays as it is.

    Parameters
    ----------
    dataset : CT or MR image, segmentation, structured report, key object selection or parametric map.
    keep_characteristics : keep age (at most 90), sex, size and weight.
    patient : what the case id and the shift of dates are computed from; that of the object when None.

    Raises
    ------
    InputError
        When the object is of another kind, or may show identifying text in its pixels.
    """
    require_no_burned_in_text(dataset)
    family = family_of(dataset)
    if any(keyword in dataset for keyword in OF_SLIDES):
        raise InputError("cannot be shared: it belongs to a microscope slide, which is not supported; leave it out")
    patient = patient or patient_of(dataset)
    if "PixelData" in dataset:
        dataset = _decompressed(dataset)
    cleaning = _Cleaning(load_allow_list(), family, patient, pseudonyms, keep_characteristics)
    result = _cleaned_items(dataset, cleaning)
    result.PatientName = result.PatientID = pseudonyms.case_id(patient)
    _complete(result)
    _cut_pixels(result)
    state_deidentification(result, keep_characteristics=keep_characteristics)
    _renew_file_header(result, dataset)
    return result


def family_of(dataset: Dataset) -> Family:
    """Return the kind of an object; InputError when it is none that can be shared."""
    family = FAMILIES.get(str(dataset.get("SOPClassUID", "")))
    if family is None:
        raise InputError(
            "cannot be shared: no CT or MR image, segmentation, structured report, key object selection or "
            "parametric map; leave it out"
        )
    return family


def patient_of(dataset: Dataset) -> str:
    """Return what pseudonyms of a patient are computed from: the patient id, or else name and birth date, or the study.

    Raises
    ------
    InputError
        When the object has none of them.
    """
    number = str(dataset.get("PatientID") or "").strip()
    person = f"{dataset.get('PatientName') or ''}/{dataset.get('PatientBirthDate') or ''}".strip("/")
    patient = number or person or str(dataset.get("StudyInstanceUID") or "")
    if not patient:
        raise InputError("a DICOM object has neither patient nor study, so that no case id can be made for it")
    return patient


def _cleaned_items(dataset: Dataset, cleaning: _Cleaning) -> Dataset:
    from pydicom import Dataset

    result = Dataset()
    for element in dataset:
        if element.tag.is_private:
            _take_private(result, dataset, element, cleaning)
            continue
        rule = cleaning.allowed.rule(
            cleaning.family, element.keyword, keep_characteristics=cleaning.keep_characteristics
        )
        if rule is not None:
            _take(result, element, rule, cleaning)
    return result


def _take(result: Dataset, element: DataElement, rule: Rule, cleaning: _Cleaning) -> None:
    from pydicom import DataElement, Sequence

    value = element.value
    if element.VR == "SQ":
        items = [] if rule.action is Action.EMPTY else [_cleaned_items(item, cleaning) for item in value]
        value = Sequence([item for item in items if len(item) or element.keyword in NEEDED_ITEMS])
        if items and not value:
            return
    elif rule.action is Action.FIXED:
        value = rule.value
    elif rule.action is Action.EMPTY:
        value = None
    elif rule.action is not Action.KEEP:
        value = _each(value, rule.action, cleaning)
        if not value and element.keyword in NEEDED_TEXTS:
            value = TEXT_LEFT_OUT
    elif element.keyword == "PatientAge":
        value = _limited_age(str(value or ""))
    result.add(DataElement(element.tag, element.VR, value))


def _each(value: object, action: Action, cleaning: _Cleaning) -> object:
    """Change one value or each of several."""
    from pydicom.multival import MultiValue

    if value is None or value == "":
        return value
    if isinstance(value, MultiValue | list):
        return [_changed(str(one), action, cleaning) for one in value]
    return _changed(str(value), action, cleaning)


def _changed(value: str, action: Action, cleaning: _Cleaning) -> str:
    if action is Action.UID:
        return cleaning.pseudonyms.uid(value)
    if action is Action.DATE:
        return cleaning.pseudonyms.shifted(value, cleaning.patient)
    return cleaned_text(value)


def _limited_age(age: str) -> str:
    """Very old patients are few, so that their age would tell who they are (45 CFR 164.514(b)(2)(i)(C))."""
    match = AGE.fullmatch(age.strip())
    if match is None:
        return ""
    is_old = match[2] in ("Y", "") and int(match[1]) >= OLDEST_YEARS
    return OLDEST_AGE if is_old else age


def _take_private(result: Dataset, dataset: Dataset, element: DataElement, cleaning: _Cleaning) -> None:
    creator = dataset.get((element.tag.group, element.tag.element >> 8))
    if creator is None:
        return
    name = PrivateName(str(creator.value).strip(), element.tag.group, element.tag.element & 0xFF)
    rule = cleaning.allowed.private.get(name)
    if rule is None or element.VR in ("SQ", "OB", "OW"):
        return
    value = element.value
    if rule.action is Action.TEXT:
        value = _private_text(value)
    elif isinstance(value, bytes | str) and not _is_number(value):
        return
    block = result.private_block(element.tag.group, creator.value, create=True)
    block.add_new(name.element, element.VR, value)


def _private_text(value: object) -> object:
    """Clean a text that may have come without its value type (UN), as bytes."""
    if isinstance(value, bytes):
        text = cleaned_text(value.decode("ascii", errors="replace"))
        return (text + " " * (len(text) % 2)).encode("ascii", errors="ignore")
    return cleaned_text(str(value))


def _is_number(value: bytes | str) -> bool:
    """Tell whether a value that comes as text or raw bytes is a number; four or eight raw bytes may be letters."""
    text = value.decode("ascii", errors="replace") if isinstance(value, bytes) else value
    try:
        float(text.strip(" \0"))
    except ValueError:
        return False
    return True


def _complete(result: Dataset) -> None:
    """Add attributes that every object has, empty or not."""
    if result.SOPClassUID in ENHANCED:
        result.DeviceSerialNumber = NO_NUMBER
    for keyword in ("AccessionNumber", "ReferringPhysicianName", "PatientBirthDate", "StudyID", "PatientSex"):
        if keyword not in result:
            setattr(result, keyword, "")
    for keyword in ("StudyDate", "StudyTime"):
        if keyword not in result:
            setattr(result, keyword, "")


def _cut_pixels(result: Dataset) -> None:
    """Leave out what stands behind the last pixel, which no viewer shows."""
    if "PixelData" not in result:
        return
    bits = int(result.Rows) * int(result.Columns) * int(result.BitsAllocated) * int(result.SamplesPerPixel)
    size = 2 * -(-bits * int(result.get("NumberOfFrames") or 1) // 16)
    result.PixelData = result.PixelData[:size]


def _decompressed(dataset: Dataset) -> Dataset:
    """Return the object with plain pixels: a compressed stream has comments of its own."""
    from copy import deepcopy

    syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
    if syntax is None or not syntax.is_compressed or syntax.name.startswith("Deflated"):
        return dataset
    plain = deepcopy(dataset)
    try:
        plain.decompress(generate_instance_uid=False)
    except (AttributeError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError(
            f"its pixels are compressed ({syntax.name}) and cannot be read here; export it uncompressed"
        ) from error
    return plain


def _renew_file_header(result: Dataset, source: Dataset) -> None:
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    result.file_meta = FileMetaDataset()
    result.file_meta.MediaStorageSOPClassUID = result.SOPClassUID
    result.file_meta.MediaStorageSOPInstanceUID = result.SOPInstanceUID
    result.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    result.preamble = bytes(128)
    if source.original_encoding[1] is False:
        raise InputError("it is stored with the high byte first, an encoding that DICOM has retired; convert it first")
