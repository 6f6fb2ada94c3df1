"""Several readings in one scene: what they are called, whose they are, in which order they are offered."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.reading import reading_from_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.reading import Reading

LAST_TEXTS = 16
"""One change is looked at by many; a reading is immutable, so all may have the same."""


def reading_of(node: Any) -> Reading | None:
    """Return the reading that a text node holds; None when it cannot be parsed."""
    return _parsed(node.GetText() or "")


@lru_cache(maxsize=LAST_TEXTS)
def _parsed(text: str) -> Reading | None:
    try:
        return reading_from_text(text)
    except InputError:
        return None


def reading_label(node: Any) -> str:
    """Return what a reading is called where there are several: the name of its node, and who read."""
    reading = reading_of(node)
    return f"{node.GetName()} · {reading.reader}" if reading is not None and reading.reader else str(node.GetName())


def is_read_by(node: Any, reader: str) -> bool:
    """Tell whether a reading is this reader's; one that cannot be parsed is nobody's."""
    reading = reading_of(node)
    return reading is not None and reading.reader == reader


def side_by_side(nodes: Sequence[Any]) -> list[Any]:
    """Return the readings with those of one case side by side, cases and readings in the order of the scene."""
    cases = [reading.case_id if (reading := reading_of(node)) else str(node.GetID()) for node in nodes]
    return [node for _case, node in sorted(zip(cases, nodes, strict=True), key=lambda pair: cases.index(pair[0]))]
