"""Field strength and receive coil."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.answers import AnswerField
from PWIProtocolLib.protocol.checks.asking import ask
from PWIProtocolLib.protocol.checks.reading import agreed_number
from PWIProtocolLib.protocol.checks.supplied import yes_or_no
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.verdict import Evidence, Finding, cannot_tell, met, not_met

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checks.view import StudyView
    from PWIProtocolLib.protocol.recommendations import Recommendation

PROTON_MHZ_PER_T = 42.577
GAUSS_PER_T = 10_000
STRONGEST_T = 25.0
GAUSS = (5_000.0, 250_000.0)  # 0.5 to 25 T; between tesla and this lie millitesla, which nobody can tell from gauss
FREQUENCY_AGREES = 0.05


def field_strength(view: StudyView, rule: Recommendation) -> Finding:
    """Judge the field: 1.5 or 3 T, with the imaging frequency as a cross-check."""
    assert view.dynamic is not None
    stated = agreed_number(view.dynamic.sample, Tag.MagneticFieldStrength)
    if stated.value is None:
        return cannot_tell(stated.problem, stated.evidence)
    field = stated.value
    notes: tuple[str, ...] = ()
    if field > STRONGEST_T:
        if not GAUSS[0] <= field <= GAUSS[1]:
            return cannot_tell(f"{field:g} is no field strength in tesla, nor in gauss", stated.evidence)
        field, notes = field / GAUSS_PER_T, (f"stated as {stated.value:g}, read as gauss",)
    frequency = agreed_number(view.dynamic.sample, Tag.ImagingFrequency)
    if frequency.value is not None and abs(frequency.value / PROTON_MHZ_PER_T - field) > FREQUENCY_AGREES * field:
        other = frequency.value / PROTON_MHZ_PER_T
        reason = f"MagneticFieldStrength says {field:g} T, ImagingFrequency that of hydrogen at {other:.2f} T"
        evidence = Evidence(f"{stated.evidence.attribute}, {Tag.ImagingFrequency.label}", stated.evidence.file)
        return cannot_tell(reason, evidence, *notes)
    wanted = (rule.limit("first"), rule.limit("second"))
    if any(abs(field - each) <= rule.limit("tolerance") for each in wanted):
        return met(f"the field is {field:g} T", field, "T", stated.evidence, *notes)
    reason = f"the field is {field:g} T; {wanted[0]:g} or {wanted[1]:g} T is recommended"
    return not_met(reason, field, "T", stated.evidence, *notes)


def coil(view: StudyView, rule: Recommendation) -> Finding:  # noqa: ARG001 (has no limit)
    """Judge whether the coil covers the neck, from its name."""
    assert view.dynamic is not None
    reply = ask(view.dynamic, "neck_coil")
    words = ("head and neck coil", "another coil")
    return yes_or_no(reply, view.answers, AnswerField.COIL, ("head_neck", "neurovascular"), words)
