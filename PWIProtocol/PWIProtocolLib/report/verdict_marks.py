"""How a verdict is shown: a word, a shape and a colour, so that no reader depends on the colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, tag

from PWIProtocolLib.protocol.verdict import Verdict

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.verdict import CriterionResult

WORDS = {
    Verdict.MET: "met",
    Verdict.OPTIMAL: "optimal",
    Verdict.NOT_MET: "not met",
    Verdict.CANNOT_TELL: "cannot tell",
    Verdict.USER_SUPPLIED: "entered",
}
MEANINGS = {
    Verdict.MET: "the data show that the recommendation is met",
    Verdict.OPTIMAL: "met, and so is the better value that the recommendation names",
    Verdict.NOT_MET: "the data show that it is not met",
    Verdict.CANNOT_TELL: "the data do not say it, or contradict themselves; nothing passes by absence",
    Verdict.USER_SUPPLIED: "rests on what somebody entered; whether that meets the limit stands beside it",
}
DISC = "M8 1a7 7 0 1 0 0 14a7 7 0 0 0 0-14Z"
STAR = "M8 .5l2.2 5 5.3.5-4 3.6 1.2 5.4L8 12.2 3.3 15l1.2-5.4-4-3.6 5.3-.5Z"
SQUARE = "M1.5 1.5h13v13h-13Z"
DIAMOND = "M8 .5 15.5 8 8 15.5 .5 8Z"
SHAPES = {
    Verdict.MET: (DISC, "M4.5 8.3 7 10.8 11.6 5.6"),
    Verdict.OPTIMAL: (STAR, ""),
    Verdict.NOT_MET: (SQUARE, "M5 5l6 6M11 5l-6 6"),
    Verdict.CANNOT_TELL: (DIAMOND, "M6.2 6.4a1.9 1.9 0 1 1 2.7 1.7c-.6.3-.9.6-.9 1.3M8 11.6v.1"),
    Verdict.USER_SUPPLIED: ("M1 4h14v8H1Z", "M4 8h.1M8 8h.1M12 8h.1"),
}


def verdict_words(result: CriterionResult) -> str:
    """Return the verdict as a reader sees it; an entered value says whether it meets the limit."""
    if result.verdict is not Verdict.USER_SUPPLIED:
        return WORDS[result.verdict]
    return {True: "entered: met", False: "entered: not met", None: "entered: open"}[result.satisfied]


def verdict_class(result: CriterionResult) -> str:
    """Return the class that colours a verdict; an entered value has the colour of what it says."""
    if result.verdict is not Verdict.USER_SUPPLIED:
        return str(result.verdict)
    colour = {True: Verdict.MET, False: Verdict.NOT_MET, None: Verdict.CANNOT_TELL}[result.satisfied]
    return f"{Verdict.USER_SUPPLIED} {colour}"


def badge(result: CriterionResult) -> Markup:
    """Return shape and word of a verdict."""
    return tag("span", shape(result.verdict), verdict_words(result), class_=f"badge {verdict_class(result)}")


def shape(verdict: Verdict) -> Markup:
    """Return the shape of a verdict; its colour comes from the style sheet."""
    outline, sign = SHAPES[verdict]
    inner = tag("path", d=sign, class_="sign") if sign else Markup("")
    return tag("svg", tag("path", d=outline), inner, class_="shape", viewBox="0 0 16 16", aria_hidden="true")


def legend() -> Markup:
    """Return what each verdict means."""
    entries = [
        tag("li", tag("span", shape(verdict), WORDS[verdict], class_=f"badge {verdict}"), " ", MEANINGS[verdict])
        for verdict in Verdict
    ]
    return tag("ul", *entries, class_="legend")


def value_words(value: float | str | None, unit: str) -> str:
    """Return a measured value with its unit; empty when nothing could be measured."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"{value} {unit}".strip()
    shown = {"deg": "°"}.get(unit, f" {unit}" if unit else "")
    return f"{value:.4g}{shown}"


def sentence(text: str) -> str:
    """Return a clause as a sentence."""
    words = text.strip()
    return f"{words[:1].upper()}{words[1:]}" + ("" if words.endswith((".", "?", "!")) else ".")
