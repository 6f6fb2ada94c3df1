"""Names and ids of segments in what is shared: users type them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.deidentify.descriptors import cleaned_text, has_known_words_alone

if TYPE_CHECKING:
    from iENEGraderLib.export.deidentify.pseudonym import Pseudonyms


def shared_segment_id(segment_id: str, pseudonyms: Pseudonyms) -> str:
    """Return the id as it is when its words are all known, or else a pseudonym: ids must differ and stay linked."""
    return segment_id if has_known_words_alone(segment_id) else f"Segment_{pseudonyms.name(segment_id)}"


def shared_segment_name(name: str) -> str:
    """Return the name, or those of its words that may stay."""
    return name if has_known_words_alone(name) else cleaned_text(name) or "Segment"
