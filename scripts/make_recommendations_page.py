"""Write Docs/protocol-recommendations.md from the tables of the protocol check, so that a physicist can sign it off.

With ``--check`` nothing is written and the exit code tells whether the page is up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PWIProtocolLib.preferences import Confidence
from PWIProtocolLib.protocol.agents import agents
from PWIProtocolLib.protocol.recommendations import panel_recommendations
from PWIProtocolLib.protocol.toml_rows import own_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from PWIProtocolLib.protocol.recommendations import Recommendation, Recommendations

PAGE = Path(__file__).resolve().parents[1] / "Docs" / "protocol-recommendations.md"
TABLES = ("recommendations.toml", "indications.toml", "agents.toml")
CRITERION = ("criterion", "statement", "limits", "why it matters", "agreement", "place", "confidence")
HEAD = """# Recommendations of the protocol check

Generated from the tables in `PWIProtocol/PWIProtocolLib/protocol/*.toml` by `scripts/make_recommendations_page.py`;
change the tables, not this page. **For research and teaching use; not a medical device.** The recommendations are
restated in our own words; a physicist and a radiologist must sign them off against the publication before any other
use.

## How to read and check this page

Every line is a criterion. Its id is what `hnn pwi check --json` and the report name, and an anchor here
(`protocol-recommendations.md#axial`). To check a line, compare statement and limits with the place that is named;
corrections go into the TOML table. A `tolerance` absorbs rounding in headers and is never a second limit.

| confidence | meaning |
|---|---|
| high | the source was read and says it so |
| moderate | the source says it, and how to measure it is our choice |
| low | our own choice where the source is silent |

"""


def recommendations_page() -> str:
    """Return the whole page."""
    rules = panel_recommendations()
    places = _places()
    parts = [
        HEAD,
        f"Edition: {rules.edition}.\n\n",
        _agreements(rules),
        _open_points(rules),
        "## Acquisition\n\n",
        _table(CRITERION, (_row(each, places) for each in rules.criteria)),
        "## Analysis\n\nCompared with what was done in the kinetics panel.\n\n",
        _table(CRITERION, (_row(each, places) for each in rules.analysis)),
        "## Advice\n\nShown, never judged.\n\n",
        _table(
            ("id", "advice", "place", "confidence"),
            ((f"`{each.advice_id}`", each.text, places[each.advice_id], str(each.confidence)) for each in rules.advice),
        ),
        _indications(rules, places),
        _agents(),
        _sources(),
    ]
    return "".join(parts).rstrip("\n") + "\n"


def _places() -> dict[str, str]:
    """Return where each row stands in its source."""
    rows = [
        row
        for name in TABLES[:2]
        for kind in ("criterion", "analysis", "advice", "indication")
        for row in own_table(name).rows(kind)
    ]
    return {row.text("id"): row.text("place") for row in rows}


def _agreements(rules: Recommendations) -> str:
    levels = dict.fromkeys(each.agreement for each in (*rules.criteria, *rules.analysis, *rules.indications))
    return "Levels of agreement:\n\n" + "".join(f"- {level}.\n" for level in levels) + "\n"


def _short(agreement: str) -> str:
    return agreement.split(":", maxsplit=1)[0].lower()


def _open_points(rules: Recommendations) -> str:
    """Return whatever is not said literally by its source, so that none is missed at sign-off."""
    rows = [(f"[{each.title}](#{each.criterion_id})", each.confidence) for each in (*rules.criteria, *rules.analysis)]
    rows += [(each.title, each.confidence) for each in rules.indications]
    rows += [(each.name, each.confidence) for each in agents()]
    found = [f"{title} ({confidence})" for title, confidence in rows if confidence is not Confidence.HIGH]
    return f"## To look at first\n\nNot of high confidence: {', '.join(found)}.\n\n"


def _row(each: Recommendation, places: Mapping[str, str]) -> tuple[str, ...]:
    limits = ", ".join(f"{limit.name.replace('_', ' ')} {limit.value:g} {limit.unit}" for limit in each.limits)
    title = f'<a id="{each.criterion_id}"></a>**{each.title}** `{each.criterion_id}`'
    return (
        title,
        each.statement,
        limits or "none",
        each.why,
        _short(each.agreement),
        places[each.criterion_id],
        str(each.confidence),
    )


def _indications(rules: Recommendations, places: Mapping[str, str]) -> str:
    rows = (
        (
            f"**{each.title}** `{each.indication_id}`",
            each.recommended.words,
            each.note,
            _short(each.agreement),
            places[each.indication_id],
        )
        for each in rules.indications
    )
    return "## Indications\n\n" + _table(("scenario", "recommendation", "note", "agreement", "place"), rows)


def _agents() -> str:
    rows = (
        (
            f"**{each.name}**",
            ", ".join(each.synonyms),
            f"{each.concentration_mmol_per_ml:g}",
            f"{each.dose_mmol_per_kg:g}",
            each.note or "none",
            str(each.confidence),
        )
        for each in agents()
    )
    headings = ("agent", "also typed as", "mmol/mL", "mmol/kg", "note", "confidence")
    return "## Contrast agents\n\n" + _table(headings, rows)


def _sources() -> str:
    rows = [row for name in TABLES for row in own_table(name).rows("source")]
    cells = ((f"**{row.text('key')}**", row.text("citation"), row.text("url"), row.text("seen")) for row in rows)
    return "## Sources\n\n" + _table(("key", "citation", "address", "read"), cells)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check the page."""
    text = recommendations_page()
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        print(
            "Docs/protocol-recommendations.md does not show the tables: run python scripts/make_recommendations_page.py"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
