"""Whether a series was scanned before or after the contrast agent, as far as its header says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.spectral.recognition.series import Confidence, ContrastRole, Decision
from iENEGraderLib.spectral.recognition.words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.spectral.recognition.header import SeriesHeader

PHASE = "Contrast/Bolus Agent Phase (0018,9344)"
ADMINISTERED = "Contrast/Bolus Agent Administered (0018,9342)"
AGENT = "Contrast/Bolus Agent (0018,0010)"
DESCRIPTION = "Series Description (0008,103E)"
PHASES = {
    "NO": ContrastRole.BEFORE,
    "PRE_CONTRAST": ContrastRole.BEFORE,
    "POST_CONTRAST": ContrastRole.AFTER,
    "IMMEDIATE": ContrastRole.AFTER,
    "DYNAMIC": ContrastRole.AFTER,
    "STEADY_STATE": ContrastRole.AFTER,
    "DELAYED": ContrastRole.AFTER,
}
"""Defined terms of the phase, and that nothing was given."""
NO_AGENT = {"NONE", "NO", "WITHOUT", "W/O", "NATIVE", "NO CONTRAST", "WITHOUT CONTRAST", "NON CONTRAST"}


def contrast_decisions(header: SeriesHeader) -> list[Decision]:
    """Return everything that the header says of it, the most reliable first.

    An agent that is not named says nothing: protocols leave the attribute out.
    """
    found = [_decision(PHASES[phase], *_stated(phase)) for phase in header.contrast_phases if phase in PHASES]
    said = [words_of(text).contrast for text in header.descriptions]
    found += [_decision(each[0], DESCRIPTION, each[1]) for each in said if each]
    if header.contrast_agent:
        is_none = header.contrast_agent.upper() in NO_AGENT
        # The name of the agent is free text, and is not repeated.
        found.append(
            _decision(ContrastRole.BEFORE if is_none else ContrastRole.AFTER, AGENT, "none" if is_none else "")
        )
    return found


def contrast_contradiction(decisions: Sequence[Decision]) -> str | None:
    """Say that the header contradicts itself; a stated phase outweighs free text."""
    best = [each for each in decisions if each.confidence is decisions[0].confidence]
    if len({each.value for each in best}) < 2:
        return None
    listed = " and ".join(f"{each.value} ({each.source})" for each in best)
    return f"it says {listed}; for a pair of scans add :kind=pre or :kind=post behind the path"


def _stated(phase: str) -> tuple[str, str, Confidence]:
    return (ADMINISTERED if phase == "NO" else PHASE), phase, Confidence.STATED


def _decision(role: ContrastRole, source: str, said: str, confidence: Confidence = Confidence.DESCRIBED) -> Decision:
    return Decision("contrast", role, source, said, confidence)
