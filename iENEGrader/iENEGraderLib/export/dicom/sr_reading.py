"""A reading out of a structured report that :func:`write_sr` wrote: the same reading as was written.

What follows from the reading (grades, categories, stages) is not read: it is computed again by the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.dicom.codes import Group, concept
from iENEGraderLib.export.dicom.quiet import no_values_in_warnings
from iENEGraderLib.export.dicom.sr_read_items import Item, root_of
from iENEGraderLib.export.dicom.sr_read_nodes import node_json
from iENEGraderLib.reading import SCHEMA, reading_from_json

if TYPE_CHECKING:
    from os import PathLike

    from iENEGraderLib.reading import Reading

Json = dict[str, Any]

WORDS = (
    ("site", Group.SITE),
    ("p16", Group.MARKER),
    ("ebv", Group.MARKER),
    ("primary_side", Group.SIDE),
    ("T", Group.T_CATEGORY),
    ("M", Group.M_CATEGORY),
    ("classification", Group.CLASSIFICATION),
    ("recent_biopsy", Group.ANSWER),
    ("prior_treatment", Group.ANSWER),
    ("cENE_imaging_threshold", Group.THRESHOLD),
)
FLAGS = ("untested_p16_as_negative", "clinical_ene")
TEXTS = ("case_id", "reader", "read_at")
SIGNATURE = (("by", "signed_by"), ("at", "signed_at"), ("sha256", "signature_sha256"))


@no_values_in_warnings()
def reading_from_sr(path: str | PathLike[str]) -> Reading:
    """Read a reading back from a structured report.

    Raises
    ------
    InputError
        When the file is no structured report of a reading, or holds what no reading can hold; one line.
    """
    groups = _groups(root_of(path), path)
    is_case = [_is(group, "reading") for group in groups]
    if is_case.count(True) != 1:
        raise InputError(
            f"{path}: found {is_case.count(True)} groups of the whole case, expected 1; it is no report of this program"
        )
    case = groups[is_case.index(True)]
    others = [group for group in groups if _is(group, "node")]
    value = _case_json(case)
    if case.word("nodes_assessed", Group.ANSWER) != "yes":
        value["nodes"] = None
    else:
        value["nodes"] = [node_json(group) for group in others]
    return reading_from_json(value, str(path))


def _groups(root: Item, path: str | PathLike[str]) -> list[Item]:
    from pydicom.sr.codedict import codes

    measurements = root.below(codes.DCM.ImagingMeasurements)
    if not measurements:
        raise InputError(f"{path}: holds no imaging measurements (TID 1500); expected a report of this program")
    return [group for each in measurements for group in each.below(codes.DCM.MeasurementGroup)]


def _is(group: Item, key: str) -> bool:
    from pydicom.sr.codedict import codes

    findings = group.below(codes.DCM.Finding)
    return any(concept(Group.DOCUMENT, key).is_code(each.code) for each in findings)


def _case_json(case: Item) -> Json:
    value: Json = {"schema": SCHEMA}
    for name, group in WORDS:
        value[name] = case.word(name, group)
    for name in FLAGS:
        answer = case.word(name, Group.ANSWER)
        value[name] = None if answer is None else answer == "yes"
    for name in TEXTS:
        value[name] = case.text(name) or ""
    value["metastatic_lesions"] = case.number("metastatic_lesions")
    signature = {name: case.text(key) for name, key in SIGNATURE}
    if any(signature.values()):
        value["signature"] = signature
    return value
