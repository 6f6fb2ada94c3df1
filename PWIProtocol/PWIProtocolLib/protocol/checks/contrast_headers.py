"""What headers say about the contrast agent: which one, how much, how fast, when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.agents import agent_named
from PWIProtocolLib.protocol.checks.reading import Reading, stated_clock_s
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.headers.value import Presence
from PWIProtocolLib.protocol.verdict import NO_EVIDENCE, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PWIProtocolLib.protocol.agents import Agent
    from PWIProtocolLib.protocol.checks.view import DynamicView
    from PWIProtocolLib.protocol.headers import HeaderItem
    from PWIProtocolLib.protocol.series import Plane

DAY_S = 86400.0
SALINE = ("saline", "sodium chloride", "nacl")


@dataclass(frozen=True)
class MarkedVolumes:
    """Volumes at the start whose headers say that the agent was not yet administered."""

    count: int
    evidence: Evidence


def agent_of(planes: tuple[Plane, ...]) -> Reading[Agent]:
    """Return the contrast agent that the headers name, in a code or in what was typed."""
    texts = [(text, place) for plane in planes for text, place in _agent_texts(plane)]
    named = {agent.name: (agent, place) for text, place in texts if (agent := agent_named(text)) is not None}
    if len(named) == 1:
        agent, place = next(iter(named.values()))
        return Reading(agent, place)
    if named:
        return Reading(None, texts[0][1], f"the headers name several agents: {', '.join(sorted(named))}")
    if texts:
        return Reading(None, texts[0][1], "what stands in ContrastBolusAgent names no known agent")
    return Reading(None, NO_EVIDENCE, f"{Tag.ContrastBolusAgent.label} is missing or empty")


def amount(planes: tuple[Plane, ...], tag: Tag) -> Reading[tuple[float, ...]]:
    """Return the amounts above 0 that headers state for the agent itself; several for injections in phases.

    Saline is left out, and a 0 is taken as not stated: scanners write it when nobody entered a value.
    """
    return _amounts(planes, tag, saline=False)


def saline_ml(planes: tuple[Plane, ...]) -> Reading[tuple[float, ...]]:
    """Return the volumes of saline that headers state as an agent of their own."""
    return _amounts(planes, Tag.ContrastBolusVolume, saline=True)


def injection_offset_s(dynamic: DynamicView) -> Reading[float]:
    """Return the start of the injection in s after the start of the first volume; may be negative."""
    stated = stated_clock_s(dynamic.sample, Tag.ContrastBolusStartTime)
    if stated.value is None:
        stated = _start_in_profile(dynamic)
    start = dynamic.times.start_clock_s
    if stated.value is None or start is None:
        return Reading(None, stated.evidence, stated.problem or "the clock time of the first volume is not stated")
    offset = (stated.value - start + DAY_S / 2) % DAY_S - DAY_S / 2
    return Reading(offset, stated.evidence)


def volumes_marked_before(dynamic: DynamicView) -> MarkedVolumes | None:
    """Return the volumes before administration, where enhanced files mark each frame; None when any is unmarked."""
    marks = []
    for frame in dynamic.times.frames:
        plane = frame[0]
        items = plane.header.items(Tag.ContrastBolusUsageSequence, plane.frame)
        words = {item.text(Tag.ContrastBolusAgentAdministered).value for item in items}
        if len(words) != 1 or not words <= {"YES", "NO"}:
            return None
        marks.append(words == {"YES"})
    if True not in marks or marks != sorted(marks):
        return None
    return MarkedVolumes(marks.index(True), dynamic.dynamic.first.evidence(Tag.ContrastBolusAgentAdministered))


def _agent_texts(plane: Plane) -> Iterator[tuple[str, Evidence]]:
    header, frame = plane
    typed = header.text(Tag.ContrastBolusAgent, frame).value
    if typed:
        yield typed, header.evidence(Tag.ContrastBolusAgent)
    for item in header.items(Tag.ContrastBolusAgentSequence, frame):
        meaning = item.text(Tag.CodeMeaning).value
        if meaning and not _is_saline(item):
            yield meaning, header.evidence(Tag.ContrastBolusAgentSequence)


def _amounts(planes: tuple[Plane, ...], tag: Tag, *, saline: bool) -> Reading[tuple[float, ...]]:
    found: dict[tuple[float, ...], Evidence] = {}
    for plane in planes:
        for item in _places(plane, saline=saline):
            value = item.numbers(tag)
            if value.presence is Presence.MALFORMED:
                return Reading(None, plane.header.evidence(tag), value.describe(), malformed=True)
            positive = tuple(each for each in value.value or () if each > 0)
            if positive:
                found.setdefault(positive, plane.header.evidence(tag))
    if len(found) == 1:
        values, evidence = next(iter(found.items()))
        return Reading(values, evidence)
    problem = f"{tag.label} differs between the files" if found else f"{tag.label} is missing, empty or 0"
    return Reading(None, next(iter(found.values()), NO_EVIDENCE), problem)


def _places(plane: Plane, *, saline: bool) -> Iterator[HeaderItem]:
    """Where amounts may stand: the file itself (classic), agents and their administration profiles (enhanced)."""
    header, frame = plane
    if not saline and not header.enhanced:
        yield header
    for agent in header.items(Tag.ContrastBolusAgentSequence, frame):
        if _is_saline(agent) is saline:
            yield agent
            yield from agent.items(Tag.ContrastAdministrationProfileSequence)
    if not saline and header.enhanced:
        yield from header.items(Tag.ContrastAdministrationProfileSequence, frame)


def _is_saline(item: HeaderItem) -> bool:
    meaning = (item.text(Tag.CodeMeaning).value or "").lower()
    return any(word in meaning for word in SALINE)


def _start_in_profile(dynamic: DynamicView) -> Reading[float]:
    """Earliest start of the agents' administration profiles."""
    clocks = []
    for plane in dynamic.sample:
        for item in _places(plane, saline=False):
            value = item.clock_s(Tag.ContrastBolusStartTime)
            if value.presence is Presence.MALFORMED:
                evidence = plane.header.evidence(Tag.ContrastBolusStartTime)
                return Reading(None, evidence, value.describe(), malformed=True)
            if value.value is not None:
                clocks.append((value.value, plane))
    if not clocks:
        return Reading(None, NO_EVIDENCE, f"{Tag.ContrastBolusStartTime.label} is missing or empty")
    clock, plane = min(clocks, key=lambda each: each[0])
    return Reading(clock, plane.header.evidence(Tag.ContrastBolusStartTime))
