"""Asking the headers of a dynamic series one of the questions of the table of patterns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.headers.tags import PrivateTag, Tag
from PWIProtocolLib.protocol.patterns import (
    SIEMENS_COIL_NAMES,
    SIEMENS_FAT_SATURATION,
    Said,
    Says,
    decide,
    matching,
    question,
)
from PWIProtocolLib.protocol.verdict import NO_EVIDENCE, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PWIProtocolLib.protocol.checks.view import DynamicView

SHOWN = 40  # characters of a value in a reason


@dataclass(frozen=True)
class Reply:
    """Answer to a question.

    Attributes
    ----------
    yes : None when the headers do not tell.
    told : values that decided, or that were found and tell nothing, in words.
    """

    yes: bool | None
    told: str
    evidence: Evidence


def ask(view: DynamicView, question_id: str) -> Reply:
    """Return what the headers of a dynamic series say to a question.

    Planes that answer differently leave it open: a mixed series is no evidence.
    """
    asked = question(question_id)
    seen: list[tuple[str, str, str]] = []
    answers: set[bool | None] = set()
    said: list[Said] = []
    for index in range(len(view.sample)):
        here: list[Said] = []
        for attribute in asked.attributes:
            for value, file in _values(view, index, attribute):
                seen.append((attribute, value, file))
                here += matching(asked, attribute, value, file)
        answers.add(decide(asked, tuple(here)))
        said += here
    yes = answers.pop() if len(answers) == 1 else None
    if yes is None:
        return _open(asked.attributes, seen, said, mixed=bool(answers))
    deciding = [each for each in said if (each.says is Says.YES) is yes]
    return Reply(yes, _words((each.attribute, each.value) for each in deciding), _evidence(deciding))


def _values(view: DynamicView, index: int, attribute: str) -> Iterator[tuple[str, str]]:
    """Values of an attribute in a plane of the sample; what is read from private parts, in the first plane's file."""
    plane = view.sample[index]
    if attribute in Tag.__members__:
        for value in plane.header.texts(Tag[attribute], plane.frame).value or ():
            yield value, plane.header.name
        return
    first = view.dynamic.first
    for value in _private_values(view, attribute):
        yield value, first.name


def _private_values(view: DynamicView, attribute: str) -> tuple[str, ...]:
    protocol = view.siemens
    if attribute == SIEMENS_FAT_SATURATION:
        return () if protocol is None or protocol.fat_saturation is None else (str(protocol.fat_saturation),)
    if attribute == SIEMENS_COIL_NAMES:
        return () if protocol is None else protocol.coil_names
    return view.private_texts(PrivateTag[attribute])


def _open(attributes: tuple[str, ...], seen: list[tuple[str, str, str]], said: list[Said], *, mixed: bool) -> Reply:
    names = ", ".join(_label(each) for each in attributes)
    if mixed:
        return Reply(None, "the files of the series answer differently", NO_EVIDENCE)
    if {each.says for each in said} == set(Says):
        return Reply(None, f"{_words((e.attribute, e.value) for e in said)} contradict each other", _evidence(said))
    if seen:
        told = _words((attribute, value) for attribute, value, _ in seen)
        return Reply(None, f"{told}, which does not tell", Evidence(_label(seen[0][0]), seen[0][2]))
    return Reply(None, f"none of {names} is stated", NO_EVIDENCE)


def _evidence(said: list[Said]) -> Evidence:
    return Evidence(", ".join(dict.fromkeys(_label(each.attribute) for each in said)), said[0].file)


def _words(pairs: Iterator[tuple[str, str]]) -> str:
    told: dict[str, dict[str, None]] = {}
    for attribute, value in pairs:
        told.setdefault(_short(attribute), {})[value[:SHOWN]] = None
    return "; ".join(f"{attribute} is {', '.join(values)}" for attribute, values in told.items())


def _short(attribute: str) -> str:
    names = {
        SIEMENS_FAT_SATURATION: "fat saturation of the Siemens protocol",
        SIEMENS_COIL_NAMES: "coil of the Siemens protocol",
    }
    return names.get(attribute, attribute)


def _label(attribute: str) -> str:
    if attribute in Tag.__members__:
        return Tag[attribute].label
    return PrivateTag[attribute].label if attribute in PrivateTag.__members__ else f"{_short(attribute)} (0029,1020)"
