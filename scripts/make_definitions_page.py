"""Write Docs/definitions.md from the table of findings, and a drawing of our own for each into Docs/figures.

With ``--check`` nothing is written and the exit code tells whether page and drawings are up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from definition_drawings import drawings, figure
from iENEGraderLib.export.words import CONFIDENCE_MEANINGS, finding_title, finding_titles
from iENEGraderLib.reading import FindingKind
from iENEGraderLib.rules.criteria import criteria, grade_rules

if TYPE_CHECKING:
    from definition_drawings import Drawing
    from iENEGraderLib.rules.criteria import Criterion

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "Docs"
HEAD = """# Definitions of the findings

Generated from `iENEGrader/iENEGraderLib/rules/criteria.toml` by `scripts/make_definitions_page.py`; change the table,
not this page. **For research and teaching use; not a medical device.** The definitions are restated in our own words
and await sign-off by a clinician ([open points](staging-rules.md#open-points)).

The drawings are schemes, drawn for this page and taken from no publication. All sections have the same scale, colours
and legend; the one of histology is larger. A tick stands over what counts when it is unequivocal, a cross over what
does not count by itself. Real nodes are less clear: look in several planes, and call a finding equivocal when in doubt.
Equivocal findings are recorded and never raise the grade.

"""
GROUPS = {
    "fat": "Grade 1: the fat around the node",
    "coalescence": "Grade 2: coalescence, all three signs",
    "artery": "Grade 3: invasion of a neighbouring structure",
    "not_counted": "Recorded, not counted",
    "pathology": "Histology",
}
"""Headings, each by the first group of the table that stands under it."""
WITHOUT_GRADE = {"not_counted": "None: recorded, never counted.", "pathology": "None: counts for pN only."}
MEASURED_IN = {
    FindingKind.FAT_SPIKES: "accuracy-spikes.md",
    FindingKind.FAT_PLANE_LOST_BETWEEN_NODES: "accuracy-coalescence.md",
    FindingKind.CONVEXITY_LOST_AT_CONTACT: "accuracy-coalescence.md",
    FindingKind.BOUNDARIES_MERGED: "accuracy-coalescence.md",
    FindingKind.ARTERY_ENCASEMENT: "accuracy-contact.md",
    FindingKind.JUGULAR_OBLITERATION: "accuracy-veins.md",
    FindingKind.JUGULAR_THROMBUS: "accuracy-veins.md",
    FindingKind.MUSCLE_INVASION: "accuracy-infiltration.md",
}
"""Pages that tell how exactly the evidence for a finding is measured."""


def definitions_page() -> str:
    """Return the whole page."""
    drawn = {each.kind: each for each in drawings()}
    opening = {next(each.kind for each in criteria() if each.group == group): title for group, title in GROUPS.items()}
    parts = [HEAD, *(f"- [{each.title}](#{each.kind})\n" for each in criteria()), "\n"]
    for each in criteria():
        parts += [f"## {opening[each.kind]}\n\n"] if each.kind in opening else []
        parts.append(_finding(each, drawn[each.kind]))
    parts.append("## Confidence\n\n")
    parts += [f"- **{mark}**: {meaning}.\n" for mark, meaning in CONFIDENCE_MEANINGS.items()]
    return "".join(parts)


def _finding(criterion: Criterion, drawing: Drawing) -> str:
    sources = ", ".join(f"[{key}](staging-rules.md#source-{key})" for key in criterion.sources)
    lines = [
        f'### <a id="{criterion.kind}"></a>{criterion.title}',
        f"![{criterion.title}. {drawing.description}]({_picture(criterion.kind)})",
        f"**Definition.** {criterion.definition}",
        f"**Not enough.** {criterion.not_enough}",
        f"**Grade.** {_grade(criterion)}",
        f"Sources: {sources}. Confidence: {criterion.confidence}.{_measured(criterion.kind)}",
    ]
    return "\n\n".join(lines) + "\n\n"


def _grade(criterion: Criterion) -> str:
    """Return what an unequivocal finding does to the grade."""
    kind = criterion.kind
    rule = next((rule for rule in grade_rules() if kind in rule.requires), None)
    if rule is None:
        return WITHOUT_GRADE.get(criterion.group, "None by itself.")
    others = [other for other in FindingKind if other in rule.requires and other is not kind]
    if not others:
        return f"{rule.grade}, when unequivocal."
    names = " and ".join(f"[{name}](#{other})" for name, other in zip(finding_titles(others), others, strict=True))
    return f"{rule.grade}, only together with {names}, all unequivocal."


def _measured(kind: FindingKind) -> str:
    page = MEASURED_IN.get(kind)
    return f" How exactly evidence for it is measured: [{page}]({page})." if page else ""


def _picture(kind: FindingKind) -> str:
    return f"figures/finding-{kind.replace('_', '-')}.svg"


def files() -> dict[Path, str]:
    """Return what every generated file holds."""
    pictures = {DOCS / _picture(each.kind): figure(each, finding_title(each.kind)) + "\n" for each in drawings()}
    return {DOCS / "definitions.md": definitions_page(), **pictures}


def main(arguments: list[str]) -> int:
    """Write or check page and drawings."""
    wanted = files()
    left_over = sorted(set((DOCS / "figures").glob("finding-*.svg")) - set(wanted))
    if "--check" not in arguments:
        for path, text in wanted.items():
            path.write_text(text, encoding="utf-8")
        for path in left_over:
            path.unlink()
        return 0
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in (*stale, *left_over):
        print(f"{path.relative_to(ROOT).as_posix()} is not what python scripts/make_definitions_page.py writes: run it")
    return 1 if stale or left_over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
