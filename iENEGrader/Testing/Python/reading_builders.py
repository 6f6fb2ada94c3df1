"""Documents, and every valid reading as a hypothesis strategy, for the tests of the reading document."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from iENEGraderLib.reading import (
    Certainty,
    Classification,
    ClinicalEneThreshold,
    Evidence,
    Finding,
    FindingKind,
    Mark,
    MarkerStatus,
    MarkKind,
    MCategory,
    NeckLevel,
    Node,
    Place,
    Reading,
    Side,
    Signature,
    Site,
    TCategory,
    YesNo,
)
from iENEGraderLib.reading.mark import POINTS

EXAMPLE = """{"schema": "hnn-reading/1", "case_id": "X1", "reader": "R1", "read_at": "2026-11-22T10:00:00Z",
 "site": "oropharynx", "p16": "positive", "ebv": "unknown", "primary_side": "right",
 "T": "T2", "M": "M0", "metastatic_lesions": 0, "classification": "clinical", "clinical_ene": false,
 "recent_biopsy": "no", "prior_treatment": "no",
 "nodes": [{"id": "N1", "side": "right", "level": "IIA", "count": 1, "greatest_dimension_mm": 24.0,
   "extends_below_cricoid": false, "segment_id": "Segment_1",
   "findings": {"fat_spikes": "unequivocal", "muscle_invasion": "equivocal"},
   "evidence": [{"kind": "contact_angle", "structure": "internal_carotid_artery", "value": 212.0, "unit": "deg",
     "place": {"ras_mm": [1.0, 2.0, 3.0]}}]}]}"""

REMOVED = object()


def a_document(path: str = "", value: Any = REMOVED) -> dict[str, Any]:
    """The example as parsed JSON, with one value replaced, or removed when no new one is given.

    The path is written as in messages: ``nodes[0].level``.
    """
    document: dict[str, Any] = json.loads(EXAMPLE)
    steps: list[Any] = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
    place: Any = document
    for step in steps[:-1]:
        place = place[step]
    if value is not REMOVED:
        place[steps[-1]] = value
    elif steps:
        del place[steps[-1]]
    return document


def readings() -> st.SearchStrategy[Reading]:
    """Every valid reading, within reach of a generator."""
    return st.tuples(_metastases(), st.none() | _node_lists()).flatmap(lambda drawn: _readings_with(*drawn))


def _readings_with(metastases: tuple[MCategory, int | None], nodes: tuple[Node, ...] | None) -> Any:
    m_category, lesions = metastases
    return st.builds(
        Reading,
        case_id=_names(),
        site=st.none() | _words(Site),
        t_category=_words(TCategory),
        m_category=st.just(m_category),
        nodes=st.just(nodes),
        reader=_texts(),
        read_at=st.just("") | _moments(),
        p16=_words(MarkerStatus),
        ebv=_words(MarkerStatus),
        untested_p16_as_negative=st.booleans(),
        primary_side=st.none() | _words(Side),
        metastatic_lesions=st.just(lesions),
        classification=_words(Classification),
        clinical_ene=st.none() | st.booleans(),
        recent_biopsy=_words(YesNo),
        prior_treatment=_words(YesNo),
        clinical_ene_imaging_threshold=_words(ClinicalEneThreshold),
        signature=st.none() | _signatures(),
    )


def _moments() -> Any:
    return st.datetimes(datetime(1950, 1, 1), timezones=st.timezones()).filter(_has_minutes).map(_moment)


def _metastases() -> Any:
    limits = {MCategory.M0: (0, 0), MCategory.M1: (1, 50), MCategory.M1A: (1, 3), MCategory.M1B: (4, 50)}
    return st.one_of([st.tuples(st.just(m), st.none() | st.integers(*limits[m])) for m in MCategory])


def _node_lists() -> Any:
    return st.lists(_nodes(), max_size=3, unique_by=lambda node: node.id).map(_with_own_mark_ids)


def _with_own_mark_ids(nodes: list[Node]) -> tuple[Node, ...]:
    return tuple(
        replace(node, marks=tuple(replace(mark, id=f"{at}.{each}") for each, mark in enumerate(node.marks)))
        for at, node in enumerate(nodes)
    )


def _nodes() -> Any:
    return st.builds(
        Node,
        id=_names(),
        side=_words(Side),
        level=_words(NeckLevel),
        count=st.integers(1, 20),
        greatest_dimension_mm=st.none() | st.floats(0, 300, exclude_min=True),
        extends_below_cricoid=st.none() | st.booleans(),
        segment_id=st.none() | _texts(),
        findings=st.dictionaries(_words(FindingKind), _words(Certainty)).map(_in_order),
        evidence=st.lists(_evidence(), max_size=2).map(tuple),
        marks=st.lists(_marks(), max_size=1).map(tuple),
    )


def _marks() -> Any:
    return _words(MarkKind).flatmap(_marks_of)


def _marks_of(kind: MarkKind) -> Any:
    return st.builds(
        Mark,
        id=st.just("replaced"),
        kind=st.just(kind),
        points_ras_mm=st.tuples(*[_points()] * POINTS[kind]),
        finding=st.none() | _words(FindingKind),
        structure=st.none() | _texts(),
        partner=st.none() | _texts(),
        axis_ras=st.none() | _points().filter(any),
        contiguous_sections=st.none() | st.integers(0, 50),
        series=st.none() | _texts(),
        note=_texts(),
    )


def _points() -> Any:
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    return st.tuples(numbers, numbers, numbers)


def _signatures() -> Any:
    at = st.sampled_from(["2026-11-22T10:00:00Z", "2024-02-29T23:59+05:30"])
    return st.builds(Signature, by=_names(), at=at, sha256=st.from_regex("[0-9a-f]{64}", fullmatch=True))


def _evidence() -> Any:
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    measured = st.tuples(numbers, _names()) | st.tuples(st.none(), st.none() | _texts())
    return measured.flatmap(
        lambda drawn: st.builds(
            Evidence,
            kind=_names(),
            structure=st.none() | _texts(),
            value=st.just(drawn[0]),
            unit=st.just(drawn[1]),
            uncertainty=st.none() | st.floats(0, allow_infinity=False),
            method=st.none() | _texts(),
            place=st.none() | st.tuples(numbers, numbers, numbers).map(Place),
        )
    )


def _words(kind: Any) -> Any:
    return st.sampled_from(list(kind))


def _texts() -> Any:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def _names() -> Any:
    return _texts().filter(lambda text: text.strip() != "" and text.isprintable())


def _in_order(findings: dict[FindingKind, Certainty]) -> tuple[Finding, ...]:
    return tuple(Finding(kind, findings[kind]) for kind in FindingKind if kind in findings)


def _moment(time: Any) -> str:
    return str(time.isoformat())


def _has_minutes(time: Any) -> bool:
    """Local times before 1900 have offsets with seconds, which ISO 8601 does not know."""
    return bool(time.utcoffset().total_seconds() % 60 == 0)
