"""Perfusion technique and sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.checks.asking import ask
from PWIProtocolLib.protocol.checks.reading import agreed_number
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.series import SeriesKind
from PWIProtocolLib.protocol.verdict import NO_EVIDENCE, Evidence, Finding, cannot_tell, met, not_met

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checks.view import DynamicView, StudyView
    from PWIProtocolLib.protocol.recommendations import Recommendation
    from PWIProtocolLib.protocol.series import Series

OTHER_TECHNIQUES = {SeriesKind.DSC: "DSC", SeriesKind.ASL: "ASL"}
# What a spoiled gradient echo must be; each is a question of the table of patterns.
SEQUENCE = ("three_d", "gradient_echo", "spoiled")


def dce_technique(view: StudyView, rule: Recommendation) -> Finding:
    """Judge whether perfusion was measured with DCE-MRI."""
    others = tuple(series for series in view.study.series if series.kind in OTHER_TECHNIQUES)
    if view.dynamic is None:
        return _without_dynamic(view, others)
    named = tuple(f"{_name(series)} is there too: the panel finds limited evidence for it" for series in others)
    series = view.dynamic.dynamic.series[0]
    evidence = series.evidence or view.dynamic.times.evidence or NO_EVIDENCE
    doubt = _doubt(view.dynamic, int(rule.limit("frames")))
    if doubt:
        return cannot_tell(doubt, evidence, *named)
    sequence = ask(view.dynamic, "gradient_echo")
    if sequence.yes is None:
        return cannot_tell(f"the kind of sequence is open: {sequence.told}", sequence.evidence, *named)
    if not sequence.yes:
        reason = f"the repeated volumes are no DCE-MRI: {sequence.told}"
        return not_met(reason, "not DCE", "", sequence.evidence, *named)
    repeats = f"{view.dynamic.dynamic.label} repeats one volume {view.dynamic.times.count} times"
    reason = f"{repeats} with a gradient echo sequence"
    return met(reason, "DCE", "", sequence.evidence, *named)


def sequence_3d_spgr_t1(view: StudyView, rule: Recommendation) -> Finding:
    """Judge whether the dynamic is a T1-weighted 3D spoiled gradient echo."""
    dynamic = view.dynamic
    assert dynamic is not None
    replies = [ask(dynamic, each) for each in SEQUENCE]
    weighting = _t1_weighted(dynamic, rule.limit("echo_time"))
    told = "; ".join(each.told for each in replies)
    for reply in replies:
        if reply.yes is False:
            return not_met(reply.told, "not 3D SPGR", "", reply.evidence)
    if weighting.satisfied is False:
        return weighting
    for reply in replies:
        if reply.yes is None:
            return cannot_tell(reply.told, reply.evidence)
    if weighting.satisfied is None:
        return weighting
    attributes = ", ".join(each.evidence.attribute for each in replies)
    return met(f"{told}; {weighting.reason}", "3D SPGR", "", Evidence(attributes, replies[0].evidence.file))


def _doubt(dynamic: DynamicView, least: int) -> str:
    """Why repeated volumes may be no dynamic series; empty when they are one."""
    times = dynamic.times
    if times.count is None:
        return f"the time points cannot be counted: {times.reason}"
    if times.count < least:
        return f"{times.count} time points are too few to follow an enhancement; is the series complete?"
    if times.times_s is None and dynamic.bolus.arrival is None:
        return f"volumes that repeat without times, and without a bolus in the signal: {times.reason}"
    return ""


def _without_dynamic(view: StudyView, others: tuple[Series, ...]) -> Finding:
    if others:
        names = " and ".join(dict.fromkeys(OTHER_TECHNIQUES[each.kind] for each in others))
        reason = f"perfusion was measured with {names} alone, for which the panel finds limited evidence"
        return not_met(reason, names, "", others[0].evidence or NO_EVIDENCE)
    return cannot_tell(f"none of the {len(view.study.series)} series is a dynamic series; is the study complete?")


def _name(series: Series) -> str:
    return f"{series.label} ({OTHER_TECHNIQUES[series.kind]})"


def _t1_weighted(dynamic: DynamicView, longest_echo_ms: float) -> Finding:
    """T1 weighting: stated outright, or by a short echo time, since a spoiled gradient echo then is T1 weighted."""
    stated = ask(dynamic, "t1_weighted")
    if stated.yes is not None:
        make = met if stated.yes else not_met
        return make(stated.told, "T1" if stated.yes else "not T1", "", stated.evidence)
    tag = Tag.EffectiveEchoTime if dynamic.dynamic.first.enhanced else Tag.EchoTime
    echo = agreed_number(dynamic.sample, tag)
    if echo.value is None:
        return cannot_tell(f"T1 weighting is open: {echo.problem}", echo.evidence)
    if not 0 < echo.value <= longest_echo_ms:
        reason = f"an echo time of {echo.value:g} ms is not that of a T1-weighted perfusion sequence"
        return not_met(reason, echo.value, "ms", echo.evidence)
    return met(f"echo time {echo.value:g} ms", echo.value, "ms", echo.evidence)
