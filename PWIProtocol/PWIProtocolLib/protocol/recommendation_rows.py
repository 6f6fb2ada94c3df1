"""From rows of TOML to recommendations; a bad table is refused with its row named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.preferences import Confidence
from PWIProtocolLib.protocol.checks.attribute import check_attribute
from PWIProtocolLib.protocol.recommendations import (
    FILE_KEYS,
    ROW_KEYS,
    Advice,
    AnalysisId,
    CriterionId,
    Indication,
    Limit,
    Recommendation,
    Recommendations,
    Recommended,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import StrEnum

    from PWIProtocolLib.protocol.toml_rows import Row

SITE_RULE = "Site rule"

# The limits that each check reads, with the unit it reads them in.
NEEDED: dict[str, dict[str, str]] = {
    CriterionId.DCE_TECHNIQUE: {"frames": "frames"},
    CriterionId.SEQUENCE_3D_SPGR_T1: {"echo_time": "ms"},
    CriterionId.AXIAL: {"tilt": "deg"},
    CriterionId.FIELD_STRENGTH: {"first": "T", "second": "T", "tolerance": "T"},
    CriterionId.SLICE_THICKNESS: {"maximum": "mm", "recommended": "mm", "tolerance": "mm"},
    CriterionId.NO_GAP: {"gap": "%"},
    CriterionId.IN_PLANE_RESOLUTION: {"maximum": "mm", "tolerance": "mm"},
    CriterionId.FLIP_ANGLE_COUNT: {"minimum": "angles"},
    CriterionId.FLIP_ANGLE_RANGE: {"lowest": "deg", "highest": "deg", "minimum": "angles", "tolerance": "deg"},
    CriterionId.TEMPORAL_RESOLUTION: {"maximum": "s", "tolerance": "s"},
    CriterionId.PRECONTRAST_ACQUISITIONS: {"minimum": "frames", "latest_arrival": "s"},
    CriterionId.TOTAL_TIME: {"minimum": "s", "tolerance": "s"},
    CriterionId.CONTRAST_DOSE: {"tolerance": "%"},
    CriterionId.INJECTION_RATE_AND_FLUSH: {"rate": "mL/s", "flush": "mL", "tolerance": "mL/s"},
    AnalysisId.ROI: {"non_enhancing": "%", "vessel_like": "%"},
}
# Bounds of a criterion that a site adds, in the unit it gives.
ADDED = ("minimum", "maximum")


@dataclass(frozen=True)
class _Keys:
    """What the rows of one file may refer to."""

    sources: dict[str, str]
    agreements: dict[str, str]


def whole_set(table: Row, scenarios: Row) -> Recommendations:
    """Read a complete set.

    Parameters
    ----------
    table : file with sources, levels of agreement, criteria, analysis and advice.
    scenarios : file with the clinical scenarios; may be the same.
    """
    table.allow_only(FILE_KEYS)
    keys = _keys(table)
    return Recommendations(
        edition=table.text("edition"),
        criteria=_complete(table, "criterion", CriterionId, keys),
        analysis=_complete(table, "analysis", AnalysisId, keys),
        advice=tuple(_advice(row, keys) for row in table.rows("advice")),
        indications=_indications(scenarios, keys),
    )


def with_site_rules(base: Recommendations, table: Row) -> Recommendations:
    """Return `base` with the rows of a site's file changed or added, each marked as a site rule."""
    keys = _keys(table)
    if table.rows("indication"):
        raise InputError(f"{table.where}: indications are the panel's; a file that replaces the set may hold its own")
    return Recommendations(
        edition=f"{base.edition}, changed by {table.text('edition')}",
        criteria=_merged(base.criteria, table.rows("criterion"), keys, may_add=True),
        analysis=_merged(base.analysis, table.rows("analysis"), keys, may_add=False),
        advice=(*base.advice, *(_advice(row, keys) for row in table.rows("advice"))),
        indications=base.indications,
    )


def _keys(table: Row) -> _Keys:
    sources = {row.text("key"): row.text("citation") for row in table.rows("source")}
    return _Keys(sources, dict(table.named_texts("agreement")))


def _complete(table: Row, kind: str, words: type[StrEnum], keys: _Keys) -> tuple[Recommendation, ...]:
    """Every row of a kind, each id once, in the order of the vocabulary."""
    found = [_recommendation(row, keys) for row in table.rows(kind)]
    names = [each.criterion_id for each in found]
    for word in words:
        if names.count(word) != 1:
            raise InputError(f"{table.where}: {kind} {word.value!r} must stand once, found {names.count(word)} times")
    known = [each for word in words for each in found if each.criterion_id == word]
    return (*known, *(each for each in found if each.criterion_id not in set(words)))


def _recommendation(row: Row, keys: _Keys) -> Recommendation:
    row.allow_only(ROW_KEYS)
    agreement = row.text("agreement")
    if agreement not in keys.agreements:
        raise InputError(f"{row.where}: agreement {agreement!r} is not a key of [agreement]")
    if "switched_off" in row:
        raise InputError(f"{row.where}: a complete set cannot switch a criterion off; a site's changes may, visibly")
    made = Recommendation(
        criterion_id=row.text("id"),
        title=row.text("title"),
        statement=row.text("statement"),
        agreement=keys.agreements[agreement],
        source=_source(row, keys),
        confidence=row.word("confidence", Confidence),
        why=row.text("why"),
        limits=_limits(row),
        attribute=row.text("attribute", ""),
        allowed=row.texts("allowed"),
    )
    return _checked(made, row)


def _merged(
    base: tuple[Recommendation, ...], rows: tuple[Row, ...], keys: _Keys, *, may_add: bool
) -> tuple[Recommendation, ...]:
    merged = {each.criterion_id: each for each in base}
    seen: set[str] = set()
    for row in rows:
        row.allow_only(ROW_KEYS)
        name = row.text("id")
        if name in seen:
            raise InputError(f"{row.where}: stands twice in this file; keep one row")
        seen.add(name)
        if name in merged:
            merged[name] = _changed(merged[name], row, keys)
        elif may_add:
            merged[name] = _added(row, keys)
        else:
            raise InputError(f"{row.where}: is no recommendation on analysis; choose {', '.join(merged)}")
    return tuple(merged.values())


def _changed(old: Recommendation, row: Row, keys: _Keys) -> Recommendation:
    """One row of the base with what the site's row says of it."""
    if "attribute" in row or "allowed" in row:
        raise InputError(f"{row.where}: attribute and allowed belong to added criteria; give this one a new id")
    own = {each.name: each for each in _limits(row)}
    made = replace(
        old,
        title=row.text("title", old.title),
        statement=row.text("statement", old.statement),
        why=row.text("why", old.why),
        agreement=SITE_RULE,
        source=_source(row, keys),
        confidence=row.word("confidence", Confidence),
        limits=tuple({**{each.name: each for each in old.limits}, **own}.values()),
        site_rule=True,
        switched_off=row.text("switched_off", ""),
    )
    return _checked(made, row)


def _added(row: Row, keys: _Keys) -> Recommendation:
    made = Recommendation(
        criterion_id=row.text("id"),
        title=row.text("title"),
        statement=row.text("statement"),
        agreement=SITE_RULE,
        source=_source(row, keys),
        confidence=row.word("confidence", Confidence),
        why=row.text("why"),
        limits=_limits(row),
        site_rule=True,
        attribute=row.text("attribute", ""),
        allowed=row.texts("allowed"),
    )
    return _checked(made, row)


def _checked(made: Recommendation, row: Row) -> Recommendation:
    """Refuse limits that no check reads, and a criterion that no check can decide."""
    own = made.criterion_id not in set(CriterionId) | set(AnalysisId)
    if own and (not made.attribute or not (made.limits or made.allowed)):
        raise InputError(f"{row.where}: an added criterion needs an attribute and limits (minimum, maximum) or allowed")
    if own:
        check_attribute(made)
    needed = NEEDED.get(made.criterion_id, {})
    for each in made.limits:
        if each.name not in (ADDED if own else needed):
            known = ", ".join(ADDED if own else needed) or "none"
            raise InputError(f"{row.where}: no check reads the limit {each.name!r}; known: {known}")
        if not own and each.unit != needed[each.name]:
            raise InputError(f"{row.where}: limits.{each.name} must be in {needed[each.name]}, found {each.unit!r}")
    missing = [] if own else [name for name in needed if not made.has_limit(name)]
    if missing:
        raise InputError(f"{row.where}: limits.{missing[0]} is missing; give value and unit ({needed[missing[0]]})")
    return made


def _limits(row: Row) -> tuple[Limit, ...]:
    found = []
    for name, values in row.named("limits"):
        values.allow_only(("value", "unit"))
        found.append(Limit(name, values.number("value"), values.text("unit")))
    return tuple(found)


def _source(row: Row, keys: _Keys) -> str:
    key = row.text("source")
    if key not in keys.sources:
        raise InputError(f"{row.where}: source {key!r} is not among the [[source]] rows of the file")
    place = row.text("place", "")
    return f"{keys.sources[key]} {place}.".strip() if place else keys.sources[key]


def _advice(row: Row, keys: _Keys) -> Advice:
    row.allow_only(("id", "text", "source", "place", "confidence"))
    return Advice(row.text("id"), row.text("text"), _source(row, keys), row.word("confidence", Confidence))


def _indications(table: Row, keys: _Keys) -> tuple[Indication, ...]:
    found = tuple(_indication(row, keys) for row in table.rows("indication"))
    names = [each.indication_id for each in found]
    if not found or len(set(names)) != len(names):
        raise InputError(f"{table.where}: needs [[indication]] rows, each id once")
    return found


def _indication(row: Row, keys: _Keys) -> Indication:
    row.allow_only(("id", "title", "recommended", "agreement", "source", "place", "confidence", "note"))
    read: Callable[[str], str] = row.text
    if read("agreement") not in keys.agreements:
        raise InputError(f"{row.where}: agreement {read('agreement')!r} is not a key of [agreement]")
    return Indication(
        indication_id=read("id"),
        title=read("title"),
        recommended=row.word("recommended", Recommended),
        agreement=keys.agreements[read("agreement")],
        source=_source(row, keys),
        confidence=row.word("confidence", Confidence),
        note=read("note"),
    )
