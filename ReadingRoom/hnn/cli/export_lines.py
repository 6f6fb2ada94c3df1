"""What ``hnn export`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.notice import NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hnn.export.batch import CaseOutcome


def outcome_lines(outcomes: Sequence[CaseOutcome], table: Path | None) -> list[str]:
    """Return the summary to read: what was written of each case and what to know of it. Failures are told as errors."""
    lines = [line for each in outcomes for line in _lines(each)]
    if table is not None:
        lines.append(f"rows of all cases: {table}")
    if len(outcomes) > 1:
        done = sum(each.exported is not None for each in outcomes)
        lines.append(f"{done} of {len(outcomes)} cases exported")
    return [*lines, "", NOTICE]


def outcomes_json(outcomes: Sequence[CaseOutcome], table: Path | None) -> dict[str, object]:
    """Return the same for other programs."""
    return {"cases": [_json(each) for each in outcomes], "table": None if table is None else str(table)}


def named_reason(outcome: CaseOutcome) -> str:
    """Return why a case failed, with its name once."""
    return outcome.reason if outcome.reason.startswith(outcome.name) else f"{outcome.name}: {outcome.reason}"


def _lines(outcome: CaseOutcome) -> Iterator[str]:
    done = outcome.exported
    if done is None:
        return
    manifest = done.manifest
    how = "de-identified" if manifest.deidentified else "not de-identified"
    earlier = ", by an earlier run on the same files" if done.is_earlier else ""
    number = len(manifest.outputs)
    yield f"{outcome.name}: {done.folder} ({', '.join(manifest.targets)}; {number} files; {how}{earlier})"
    yield from (f"  note: {note}" for note in manifest.notes)


def _json(outcome: CaseOutcome) -> dict[str, object]:
    done = outcome.exported
    if done is None:
        return {"case": outcome.name, "error": outcome.reason}
    return {
        "case": outcome.name,
        "case_id": done.manifest.case_id,
        "folder": str(done.folder),
        "files": [each.name for each in done.manifest.outputs],
        "deidentified": done.manifest.deidentified,
        "done_earlier": done.is_earlier,
        "notes": list(done.manifest.notes),
    }
