"""All results of a fit, written together or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from HeadNeckNodesLib.dicom.parametric_map import HOW_TO_INSTALL
from iENEGraderLib.reading import load_reading, save_reading
from PWIProtocolLib.kinetics import write_aif_csv

from hnn.perfusion.best_model import MODEL_TABLE, model_table, write_best_models
from hnn.perfusion.document import SCHEMA, fit_json
from hnn.perfusion.evidence import evidence_json, reading_with_evidence
from hnn.perfusion.files import (
    AIF_TABLE,
    ALL_NAMES,
    DOCUMENT,
    EVIDENCE,
    NO_DICOM,
    READING,
    REPORT,
    TABLE,
    as_text,
    dicom_is_wanted,
    region_table,
    write_dicom_maps,
    write_maps,
)
from hnn.perfusion.regions import regions_of
from hnn.perfusion.report.page import fit_html
from hnn.result_folder import filled_when_complete, require_apart

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.settings import FitSettings

    Json = dict[str, object]


def require_free_names(settings: FitSettings, folder: Path) -> None:
    """Refuse a folder where a result would replace what is read."""
    require_apart(folder, ALL_NAMES, [str(path) for path in settings.inputs])


def write_results(study: FittedStudy, folder: Path, software: str, say: Callable[[str], None]) -> Json:
    """Write maps, tables, documents and the report; return the document.

    Files of an earlier fit in the folder go: what is there belongs to one fit. Other files stay.

    Raises
    ------
    InputError
        When the folder cannot be written to, or evidence cannot be added to the reading.
    """
    regions = regions_of(study)
    dicom = dicom_is_wanted(study)
    notes = [] if dicom else [HOW_TO_INSTALL if study.files.sources else NO_DICOM]
    document = fit_json(study, regions, software, dicom=dicom, notes=notes)
    reading = study.settings.reading
    merged = None if reading is None else reading_with_evidence(load_reading(reading), study, regions)
    with filled_when_complete(folder, _outdated(folder)) as work:
        say("writing maps")
        write_maps(study, work)
        write_best_models(study, work)
        if dicom:
            write_dicom_maps(study, work, software, say)
        write_aif_csv(work / AIF_TABLE, study.arterial.time_s, study.arterial.aif_mM)
        if study.best_models is not None:
            (work / MODEL_TABLE).write_text(model_table(study.best_models, regions), encoding="utf-8")
        if regions:
            (work / TABLE).write_text(region_table(study, regions), encoding="utf-8")
            (work / EVIDENCE).write_text(as_text(evidence_json(study, regions)), encoding="utf-8")
        if merged is not None:
            save_reading(merged, work / READING)
        say("writing the report")
        (work / REPORT).write_text(fit_html(study, regions, software, notes), encoding="utf-8")
        document["files"] = sorted([DOCUMENT, *(each.name for each in work.iterdir())])
        (work / DOCUMENT).write_text(as_text(document), encoding="utf-8")
    return document


def _outdated(folder: Path) -> list[str]:
    """Return the files that an earlier fit says it has left in a folder."""
    try:
        found = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))
        listed = found.get("files", ()) if found["schema"] == SCHEMA else ()
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return []
    return [name for name in ALL_NAMES if name in listed]
