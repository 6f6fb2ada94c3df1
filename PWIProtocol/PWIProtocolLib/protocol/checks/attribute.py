"""A criterion that a site added: one attribute of the dynamic series against bounds or words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.protocol.checks.reading import agreed_number, stated_text
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.verdict import Finding, cannot_tell, met, not_met

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checks.view import StudyView
    from PWIProtocolLib.protocol.recommendations import Recommendation

NUMBERS = ("DS", "IS", "US", "UL", "FD", "FL")
CODES = ("CS", "SH")  # never free text: it may hold anything


def added_attribute(view: StudyView, rule: Recommendation) -> Finding:
    """Judge an attribute by the bounds or the words of a site's rule."""
    assert view.dynamic is not None
    tag = Tag[rule.attribute]
    if rule.allowed:
        stated = stated_text(view.dynamic.sample, tag)
        if stated.value is None:
            return cannot_tell(stated.problem, stated.evidence)
        words = {each.upper() for each in rule.allowed}
        good = any(each.strip().upper() in words for each in stated.value.split("\\"))
        return (met if good else not_met)(f"{tag.name} is {stated.value}", stated.value, "", stated.evidence)
    number = agreed_number(view.dynamic.sample, tag)
    if number.value is None:
        return cannot_tell(number.problem, number.evidence)
    unit = rule.limits[0].unit
    low = rule.limit("minimum") if rule.has_limit("minimum") else float("-inf")
    high = rule.limit("maximum") if rule.has_limit("maximum") else float("inf")
    make = met if low <= number.value <= high else not_met
    return make(f"{tag.name} is {number.value:g} {unit}", number.value, unit, number.evidence)


def check_attribute(rule: Recommendation) -> None:
    """Refuse an attribute that is not read, or that does not fit bounds or words."""
    if rule.attribute not in Tag.__members__:
        raise InputError(f"criterion {rule.criterion_id!r}: {rule.attribute!r} is not an attribute that is read")
    kinds = CODES if rule.allowed else NUMBERS
    if Tag[rule.attribute].vr not in kinds:
        wanted = "a code word" if rule.allowed else "a number"
        raise InputError(f"criterion {rule.criterion_id!r}: {rule.attribute} does not hold {wanted}")
