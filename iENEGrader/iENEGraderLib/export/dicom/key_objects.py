"""Key object selection: the images of a case that show its nodes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.derived_attributes import MANUFACTURER
from iENEGraderLib.export.dicom.identity import new_uid
from iENEGraderLib.export.dicom.key_sections import key_sections
from iENEGraderLib.export.dicom.quiet import no_values_in_warnings
from iENEGraderLib.export.dicom.saving import complete, save_whole
from iENEGraderLib.export.words import node_place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydicom import Dataset
    from pydicom.sr.coding import Code

    from iENEGraderLib.export.dicom.seg import WrittenSegmentation
    from iENEGraderLib.export.dicom.source_series import SourceSeries
    from iENEGraderLib.reading import Reading

SERIES_NUMBER = 9003
SERIES_DESCRIPTION = "Key images of neck nodes"


class KeyObjectTitle(StrEnum):
    """What the images are selected for (CID 7010)."""

    TEACHING = "for teaching"
    REFERRING = "for the referring provider"


@no_values_in_warnings()
def write_key_objects(
    reading: Reading,
    source: SourceSeries,
    path: Path,
    *,
    title: KeyObjectTitle,
    software: str,
    written: WrittenSegmentation | None = None,
) -> Dataset:
    """Write a key object selection with the images that show the nodes.

    Parameters
    ----------
    source : images that were read.
    title : what they are selected for.
    software : name and version of this program.
    written : segmentation, for nodes whose place the reading does not hold.

    Raises
    ------
    InputError
        When no node has a place in the images, or the file cannot be written.
    """
    from highdicom.ko import KeyObjectSelection, KeyObjectSelectionDocument

    by_node = key_sections(reading, source, written)
    sections = sorted({k for found in by_node.values() for k in found})
    if not sections:
        raise InputError(
            f"{reading.case_id}: no node has a place in the images, so there are no key images; measure the case or "
            "give its segmentation"
        )
    images = [source.headers[k] for k in sections]
    data = KeyObjectSelectionDocument(
        evidence=images,
        content=KeyObjectSelection(_title(title), images, description=_description(reading, source, by_node)),
        series_instance_uid=new_uid(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=new_uid(),
        instance_number=1,
        manufacturer=MANUFACTURER,
    )
    complete(data, source, software, SERIES_DESCRIPTION)
    save_whole(data, path)
    return data


def _title(title: KeyObjectTitle) -> Code:
    from pydicom.sr.codedict import codes

    known: Mapping[KeyObjectTitle, Code] = {
        KeyObjectTitle.TEACHING: codes.DCM.ForTeaching,
        KeyObjectTitle.REFERRING: codes.DCM.ForReferringProvider,
    }
    return known[title]


def _description(reading: Reading, source: SourceSeries, by_node: Mapping[str, tuple[int, ...]]) -> str:
    """Say which image shows which node; images by their number in the series."""
    lines = []
    for node in reading.nodes or ():
        if by_node[node.id]:
            images = ", ".join(str(source.headers[k].get("InstanceNumber") or k + 1) for k in by_node[node.id])
            shown = "".join(letter if letter.isprintable() else " " for letter in node.id)
            lines.append(f"{shown}, {node_place(node)}: image {images}")
    return "; ".join(lines)
