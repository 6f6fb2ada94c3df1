"""A reading as a DICOM structured report: Comprehensive 3D SR, template TID 1500 (Imaging Measurement Report).

One group of measurements for each node and one for the case. What the templates have no place for stands in items of
the scheme 99HNN, so that the same reading can be read back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iENEGraderLib.export.derived_attributes import MANUFACTURER
from iENEGraderLib.export.dicom.codes import PRIVATE_SCHEME, PRIVATE_SCHEME_NAME, Group, concept
from iENEGraderLib.export.dicom.further import further_evidence
from iENEGraderLib.export.dicom.identity import NOT_IN_A_NAME, new_uid
from iENEGraderLib.export.dicom.key_sections import key_sections
from iENEGraderLib.export.dicom.quiet import no_values_in_warnings
from iENEGraderLib.export.dicom.saving import complete, save_whole
from iENEGraderLib.export.dicom.sr_case import case_group
from iENEGraderLib.export.dicom.sr_library import shorten_library
from iENEGraderLib.export.dicom.sr_nodes import ReportContext, node_group
from iENEGraderLib.reading import reading_from_text, reading_to_text
from iENEGraderLib.rules import assess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pydicom import Dataset

    from iENEGraderLib.export.dicom.seg import WrittenSegmentation
    from iENEGraderLib.export.dicom.source_series import SourceSeries
    from iENEGraderLib.reading import Evidence, Reading

__all__ = ["further_evidence", "write_sr"]

SERIES_NUMBER = 9002
DESCRIPTION = "Reading of neck nodes: measurements, iENE grade, N category"
LONGEST_NAME = 64
NOTHING_FURTHER: Mapping[str, Sequence[Evidence]] = {}


@no_values_in_warnings()
def write_sr(
    reading: Reading,
    source: SourceSeries,
    path: Path,
    *,
    software: str,
    written: WrittenSegmentation | None = None,
    further: Mapping[str, Sequence[Evidence]] = NOTHING_FURTHER,
) -> Dataset:
    """Write a reading as DICOM structured report.

    Parameters
    ----------
    reading : what was read; grades and stages are computed from it.
    source : images that were read; patient and study are theirs.
    software : name and version of this program.
    written : segmentation of the nodes, on the same images.
    further : measurements beyond the reading, by the id of the node, see :func:`further_evidence`.

    Returns
    -------
    The report.

    Raises
    ------
    InputError
        When the reading is not valid, or the file cannot be written.
    """
    reading_from_text(reading_to_text(reading), reading.case_id)
    data = _document(reading, source, _content(reading, source, written, further, software), written)
    complete(data, source, software, DESCRIPTION)
    data.CodingSchemeIdentificationSequence = [_private_scheme()]
    save_whole(data, path)
    return data


def _content(
    reading: Reading,
    source: SourceSeries,
    written: WrittenSegmentation | None,
    further: Mapping[str, Sequence[Evidence]],
    software: str,
) -> Any:
    from highdicom.sr import MeasurementReport

    assessment = assess(reading)
    context = ReportContext(source, written, further, key_sections(reading, source, written))
    nodes = [node_group(node, assessment.node(node.id), context) for node in reading.nodes or ()]
    report: Any = MeasurementReport(
        observation_context=_observers(reading, software),
        procedure_reported=concept(Group.DOCUMENT, "procedure").coded,
        imaging_measurements=[case_group(reading, assessment), *nodes],
        referenced_images=list(source.headers),
    )
    shorten_library(report[0])
    return report


def _observers(reading: Reading, software: str) -> Any:
    """Return the reader, when the reading names one, and the program."""
    from highdicom.sr import (
        DeviceObserverIdentifyingAttributes,
        ObservationContext,
        ObserverContext,
        PersonObserverIdentifyingAttributes,
    )
    from pydicom.sr.codedict import codes

    device = ObserverContext(
        codes.DCM.Device,
        DeviceObserverIdentifyingAttributes(new_uid(), name=software, manufacturer_name=MANUFACTURER),
    )
    shown = "".join(letter if letter.isprintable() else " " for letter in reading.reader.translate(NOT_IN_A_NAME))
    if not shown.strip():
        return ObservationContext(observer_device_context=device)
    # The caret says that a name of one part is meant as such.
    name = f"{shown.strip()[: LONGEST_NAME - 1]}^"
    person = ObserverContext(codes.DCM.Person, PersonObserverIdentifyingAttributes(name))
    return ObservationContext(observer_person_context=person, observer_device_context=device)


def _document(reading: Reading, source: SourceSeries, content: Any, written: WrittenSegmentation | None) -> Dataset:
    from highdicom.sr import Comprehensive3DSR

    is_signed = reading.signature is not None
    return Comprehensive3DSR(
        evidence=[*source.headers, *([] if written is None else [written.header])],
        content=content[0],
        series_instance_uid=new_uid(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=new_uid(),
        instance_number=1,
        manufacturer=MANUFACTURER,
        is_complete=is_signed,
        is_final=is_signed,
    )


def _private_scheme() -> Dataset:
    from pydicom import Dataset

    item = Dataset()
    item.CodingSchemeDesignator, item.CodingSchemeName = PRIVATE_SCHEME, PRIVATE_SCHEME_NAME
    return item
