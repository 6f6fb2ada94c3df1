"""Readings of the grader in the scene: text nodes that results of perfusion are handed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from PWIProtocolLib.mapping.reading_evidence import SCHEMA, with_evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PWIProtocolLib.mapping import PerfusionEvidence

READING_ATTRIBUTE = "HeadNeckNodes.Schema"


def reading_texts() -> list[Any]:
    """Return the nodes of the scene that hold a reading (vtkMRMLTextNode), in the order of the scene."""
    nodes = slicer.util.getNodesByClass("vtkMRMLTextNode")
    return [node for node in nodes if node.GetAttribute(READING_ATTRIBUTE) == SCHEMA and node.GetText()]


def send_evidence(node: Any, evidence: Mapping[str, Sequence[PerfusionEvidence]]) -> int:
    """Put evidence into a reading in one change of its text, and return how many nodes of the reading have got some.

    Parameters
    ----------
    evidence : entries under the ids, or names, of segments.

    Raises
    ------
    InputError
        When it is no reading, it is signed, or no node names one of the segments; nothing was changed then.
    """
    text, count = with_evidence(node.GetText() or "", evidence, node.GetName())
    if node.GetText() != text:
        node.SetText(text)
    return count
