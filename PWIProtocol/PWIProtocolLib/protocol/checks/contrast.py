"""Dose of the contrast agent, rate of the injection, saline flush."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.agents import agent_named
from PWIProtocolLib.protocol.answers import Answer, AnswerField, rule_of
from PWIProtocolLib.protocol.checks.contrast_headers import agent_of, amount, saline_ml
from PWIProtocolLib.protocol.checks.reading import Reading, stated_number
from PWIProtocolLib.protocol.checks.supplied import alike, contradiction, entry
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.verdict import Evidence, Finding, Verdict, cannot_tell

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.agents import Agent
    from PWIProtocolLib.protocol.checks.view import StudyView
    from PWIProtocolLib.protocol.recommendations import Recommendation


@dataclass(frozen=True)
class _Part:
    """One quantity of a verdict, from the headers or from an entry.

    Attributes
    ----------
    answer : the entry that gave it; None when the headers did, or nobody.
    problem : why there is no value.
    """

    value: float | None
    evidence: Evidence
    answer: Answer | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()


def contrast_dose(view: StudyView, rule: Recommendation) -> Finding:
    """Judge the dose per kg of body weight against the label of the agent."""
    agent, agent_part = _agent(view)
    dose, parts = _dose(view, agent)
    parts = (agent_part, *parts)
    notes = tuple(note for part in parts for note in part.notes)
    problems = [part.problem for part in parts if part.problem]
    if agent is None or dose is None:
        return cannot_tell("; ".join(problems), _joined(parts), *notes)
    label, slack = agent.dose_mmol_per_kg, rule.limit("tolerance") / 100
    told = f"{dose:.3g} mmol/kg of {agent.name}, whose label says {label:g} mmol/kg"
    good = abs(dose / label - 1) <= slack
    if not good:
        told += ": too much" if dose > label else ": too little"
    return _verdict(good=good, told=told, shown=(round(dose, 4), "mmol/kg"), parts=parts)


def injection_rate_and_flush(view: StudyView, rule: Recommendation) -> Finding:
    """Judge the rate of the injection and the saline flush; DICOM has no attribute of its own for the flush."""
    rate = _or_entry(_rate(view), view, AnswerField.INJECTION_RATE)
    flush = _or_entry(_flush(view), view, AnswerField.SALINE_FLUSH)
    slow = rate.value is not None and rate.value < rule.limit("rate") - rule.limit("tolerance")
    small = flush.value is not None and flush.value < rule.limit("flush")
    told = ", ".join(filter(None, (_told(rate, "injected at", "mL/s"), _told(flush, "flushed with", "mL"))))
    parts = tuple(part for part in (rate, flush) if part.value is not None)
    if slow or small:
        failing = tuple(part for part, bad in ((rate, slow), (flush, small)) if bad)
        return _verdict(good=False, told=told, shown=(_shown(rate, flush), ""), parts=failing)
    if rate.value is None or flush.value is None:
        missing = "; ".join(part.problem for part in (rate, flush) if part.value is None)
        return cannot_tell(f"{told}; {missing}" if told else missing, _joined(parts), *rate.notes, *flush.notes)
    return _verdict(good=True, told=told, shown=(_shown(rate, flush), ""), parts=parts)


def _agent(view: StudyView) -> tuple[Agent | None, _Part]:
    stated, answer = agent_of(view.contrast_planes), view.answers.get(AnswerField.AGENT)
    entered = agent_named(str(answer.value)) if answer is not None else None
    if stated.value is not None:
        notes = contradiction(answer, agrees=entered in (None, stated.value))
        return stated.value, _Part(None, stated.evidence, notes=notes)
    if answer is not None and entered is not None:
        return entered, _Part(None, entry(answer), answer)
    return None, _Part(None, stated.evidence, problem=stated.problem)


def _dose(view: StudyView, agent: Agent | None) -> tuple[float | None, tuple[_Part, ...]]:
    """Dose in mmol/kg with the parts that it rests on: volume and weight, or the dose itself as entered."""
    volume = _or_entry(_volume_ml(view), view, AnswerField.CONTRAST_VOLUME)
    weight = _or_entry(_weight_kg(view), view, AnswerField.PATIENT_WEIGHT)
    answer, entered = view.answers.get(AnswerField.CONTRAST_DOSE), view.answers.number(AnswerField.CONTRAST_DOSE)
    computed = None
    if agent is not None and volume.value is not None and weight.value:
        computed = volume.value * agent.concentration_mmol_per_ml / weight.value
    if computed is None and answer is not None and entered is not None:
        return entered, (_Part(entered, entry(answer), answer),)
    if computed is not None and entered is not None and not alike(computed, entered):
        note = contradiction(answer, agrees=False)
        volume = _Part(volume.value, volume.evidence, volume.answer, volume.problem, (*volume.notes, *note))
    return computed, (volume, weight)


def _volume_ml(view: StudyView) -> _Part:
    """Undiluted volume: ContrastBolusTotalDose by the standard, else the volume that was injected."""
    undiluted = amount(view.contrast_planes, Tag.ContrastBolusTotalDose)
    injected = amount(view.contrast_planes, Tag.ContrastBolusVolume)
    for reading in (undiluted, injected):
        if reading.malformed or "differs" in reading.problem:
            return _Part(None, reading.evidence, problem=reading.problem)
    if undiluted.value and injected.value and sum(undiluted.value) > 1.001 * sum(injected.value):
        problem = "ContrastBolusTotalDose exceeds ContrastBolusVolume: more agent than was injected"
        return _Part(None, undiluted.evidence, problem=problem)
    if undiluted.value:
        return _Part(sum(undiluted.value), undiluted.evidence)
    if injected.value:
        note = "ContrastBolusVolume is taken as undiluted agent"
        return _Part(sum(injected.value), injected.evidence, notes=(note,))
    return _Part(None, injected.evidence, problem=injected.problem)


def _weight_kg(view: StudyView) -> _Part:
    stated = stated_number(view.contrast_planes, Tag.PatientWeight)
    rule = rule_of(AnswerField.PATIENT_WEIGHT)
    if stated.value is not None and not rule.low <= stated.value <= rule.high:
        problem = f"PatientWeight of {stated.value:g} kg is not a body weight"
        return _Part(None, stated.evidence, problem=problem)
    return _Part(stated.value, stated.evidence, problem=stated.problem)


def _rate(view: StudyView) -> _Part:
    """Slowest stated rate, else volume over duration."""
    stated = amount(view.contrast_planes, Tag.ContrastFlowRate)
    if stated.value:
        return _Part(min(stated.value), stated.evidence)
    if stated.malformed or "differs" in stated.problem:
        return _Part(None, stated.evidence, problem=stated.problem)
    volume = amount(view.contrast_planes, Tag.ContrastBolusVolume)
    duration = amount(view.contrast_planes, Tag.ContrastFlowDuration)
    if volume.value and duration.value:
        evidence = Evidence(f"{volume.evidence.attribute}, {duration.evidence.attribute}", duration.evidence.file)
        return _Part(sum(volume.value) / sum(duration.value), evidence, notes=("rate = volume over flow duration",))
    return _Part(None, stated.evidence, problem=stated.problem)


def _flush(view: StudyView) -> _Part:
    stated: Reading[tuple[float, ...]] = saline_ml(view.contrast_planes)
    if stated.value:
        return _Part(sum(stated.value), stated.evidence)
    return _Part(None, stated.evidence, problem="the saline flush is not stated; it can be entered")


def _or_entry(part: _Part, view: StudyView, field: AnswerField) -> _Part:
    """The header's value, with a note when an entry differs, or else the entry."""
    answer, entered = view.answers.get(field), view.answers.number(field)
    if answer is None or entered is None:
        return part
    if part.value is None:
        return _Part(entered, entry(answer), answer, notes=part.notes)
    notes = (*part.notes, *contradiction(answer, agrees=alike(entered, part.value)))
    return _Part(part.value, part.evidence, None, "", notes)


def _verdict(*, good: bool, told: str, shown: tuple[float | str, str], parts: tuple[_Part, ...]) -> Finding:
    """Verdict with value and unit; it is the user's as soon as one part is an entry."""
    value, unit = shown
    notes = tuple(note for part in parts for note in part.notes)
    answers = [part.answer for part in parts if part.answer is not None]
    if answers:
        who = ", ".join(dict.fromkeys(f"{each.who} on {each.when.date().isoformat()}" for each in answers))
        reason = f"{told} (entered by {who})"
        return Finding(Verdict.USER_SUPPLIED, reason, value, unit, _joined(parts), good, notes)
    return Finding(Verdict.MET if good else Verdict.NOT_MET, told, value, unit, _joined(parts), good, notes)


def _joined(parts: tuple[_Part, ...]) -> Evidence:
    attributes = ", ".join(dict.fromkeys(part.evidence.attribute for part in parts if part.evidence.attribute))
    return Evidence(attributes, next((part.evidence.file for part in parts if part.evidence.file), ""))


def _told(part: _Part, verb: str, unit: str) -> str:
    return "" if part.value is None else f"{verb} {part.value:.3g} {unit}"


def _shown(rate: _Part, flush: _Part) -> str:
    return "; ".join(filter(None, (_told(rate, "", "mL/s").strip(), _told(flush, "", "mL").strip())))
