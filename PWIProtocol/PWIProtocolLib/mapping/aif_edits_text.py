"""Edits of an arterial curve as one line of text, to be saved with a scene or a document."""

from __future__ import annotations

import json
from typing import Any

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.mapping.aif_edits import AS_IT_IS, NO_EDITS, AifEdits, Between, Correction, ScaleTo, Scaling

VERSION = 1
KEYS = {"version", "moved_s", "scaling", "subtracts_baseline", "between", "corrected", "removed_s", "left_out"}


def text_of_edits(edits: AifEdits) -> str:
    """Return the edits as a line of JSON; an empty text when there are none."""
    if edits == NO_EDITS:
        return ""
    scaling = {"to": edits.scaling.to, "number": edits.scaling.number, "population": edits.scaling.population}
    entries: dict[str, Any] = {
        "moved_s": edits.moved_s or None,
        "scaling": scaling if edits.scaling != AS_IT_IS else None,
        "subtracts_baseline": edits.subtracts_baseline or None,
        "between": edits.between if edits.between is not Between.RESOLVED else None,
        "corrected": [[each.time_s, each.mM] for each in edits.corrected] or None,
        "removed_s": edits.removed_s or None,
        "left_out": edits.left_out or None,
    }
    return json.dumps({"version": VERSION} | {key: value for key, value in entries.items() if value is not None})


def edits_of_text(text: str) -> AifEdits:
    """Return the edits that a text states; an empty one states none.

    Raises
    ------
    InputError
        When the text was not written by `text_of_edits`, or by a later version of it.
    """
    if not text.strip():
        return NO_EDITS
    try:
        entries = json.loads(text)
        if set(entries) - KEYS or entries["version"] != VERSION:
            raise InputError(f"edits of the arterial curve: unknown form or version in {text[:80]!r}; edit it anew")
        return _edits(entries)
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"edits of the arterial curve: cannot be read ({error}); edit it anew") from error


def _edits(entries: dict[str, Any]) -> AifEdits:
    scaling = entries.get("scaling")
    return AifEdits(
        float(entries.get("moved_s", 0.0)),
        AS_IT_IS
        if scaling is None
        else Scaling(ScaleTo(scaling["to"]), float(scaling["number"]), str(scaling["population"])),
        bool(entries.get("subtracts_baseline", False)),
        Between(entries.get("between", Between.RESOLVED)),
        tuple(Correction(float(time_s), float(mM)) for time_s, mM in entries.get("corrected", ())),
        tuple(float(time_s) for time_s in entries.get("removed_s", ())),
        tuple((int(k), int(j), int(i)) for k, j, i in entries.get("left_out", ())),
    )
