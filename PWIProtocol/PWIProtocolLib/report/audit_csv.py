"""Several checks as one table for a spreadsheet: a row for each study."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.verdict import CriterionResult

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def audit_csv(checks: Sequence[ProtocolCheck]) -> str:
    """Return the table: study, edition, counts of verdicts, then verdict, value and unit of each criterion.

    A value that could not be measured is an empty cell. Text that a spreadsheet would take for a formula gets an
    apostrophe in front.
    """
    criteria = list(dict.fromkeys(each.criterion_id for check in checks for each in check.criteria))
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    columns = [name for each in criteria for name in (each, f"{each}.value", f"{each}.unit")]
    writer.writerow(["study", "edition", "dynamic", *(str(verdict) for verdict in Verdict), *columns])
    writer.writerows(_row(check, criteria) for check in checks)
    return target.getvalue()


def _row(check: ProtocolCheck, criteria: Sequence[str]) -> list[str]:
    found = {each.criterion_id: each for each in check.criteria}
    cells = [_text(check.label), _text(check.edition), _text(check.dynamic)]
    cells += [str(check.count(verdict)) for verdict in Verdict]
    for name in criteria:
        cells += _cells(found[name]) if name in found else ["", "", ""]
    return cells


def _cells(result: CriterionResult) -> list[str]:
    verdict = str(result.verdict)
    if result.verdict is Verdict.USER_SUPPLIED and result.satisfied is not None:
        verdict += " met" if result.satisfied else " not_met"
    value = f"{result.value:.6g}" if isinstance(result.value, float | int) else _text(result.value or "")
    return [verdict, value, result.unit]


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
