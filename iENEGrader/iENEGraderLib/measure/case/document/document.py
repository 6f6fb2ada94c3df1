"""The measurements of a case as one JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.document.infiltration import infiltration_json, nerve_json, skin_json
from iENEGraderLib.measure.case.document.nodes import node_json
from iENEGraderLib.measure.case.document.pairs import coalescence_json, contact_json, vein_json
from iENEGraderLib.measure.case.document.values import Json, row_of
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.measure.case.maps import MeasureMaps
    from iENEGraderLib.measure.case.measurements import CaseMeasurements

SCHEMA = "hnn-measurements/1"
NOTICE = "For research and teaching use, not a medical device. Evidence for a reader, never a grade."


def document_json(case: CaseMeasurements, software: str) -> Json:
    """Return the document; it names neither the patient nor the files."""
    return {
        "schema": SCHEMA,
        "notice": NOTICE,
        "software": software,
        "image": None if case.image is None else _image(case.image),
        "maps": _maps(case.maps),
        "nodes": [node_json(each) for each in case.nodes],
        "contacts": [contact_json(each) for each in case.contacts],
        "veins": [vein_json(each) for each in case.veins],
        "coalescence": [coalescence_json(each) for each in case.coalescence],
        "infiltration": [
            *(infiltration_json(each) for each in case.infiltration),
            *(skin_json(each) for each in case.skin),
            *(nerve_json(each) for each in case.nerves),
        ],
        "preferences": [row_of(each) for each in case.preferences.rows],
        "warnings": list(case.warnings),
    }


def document_text(document: Json) -> str:
    """Return the document as text, two spaces indented, ending with a newline."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _maps(maps: MeasureMaps) -> list[Json]:
    """Say which maps were used in place of HU, without the names of files."""
    found: list[Json] = []
    if maps.iodine is not None:
        found.append({"map": "iodine", "unit": str(Unit.IODINE)})
    if maps.fat_fraction is not None:
        found.append({"map": "fat_fraction", "unit": "1"})
    return found + [{"map": "monochromatic", "kev": kev, "unit": str(Unit.HU)} for kev in sorted(maps.monochromatic)]


def _image(image: Image) -> Json:
    geometry = image.geometry
    return {
        "modality": image.modality,
        "size_ijk": list(geometry.size_ijk),
        "spacing_mm": [round(step, 4) for step in geometry.spacing_mm],
        "origin_ras_mm": [round(float(x), 3) for x in geometry.ras_from_kji((0, 0, 0))],
    }
