"""Write Docs/staging-rules.md from the rule tables, so that a clinician can check them line by line.

With ``--check`` nothing is written and the exit code tells whether the page is up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from iENEGraderLib.export.words import CONFIDENCE_MEANINGS, finding_title, spaced
from iENEGraderLib.rules.conditions import NumberRange, Words
from iENEGraderLib.rules.criteria import criteria, grade_rules
from iENEGraderLib.rules.levels import level_rules
from iENEGraderLib.rules.notes import notes, principles
from iENEGraderLib.rules.results import Confidence
from iENEGraderLib.rules.sources import sources
from iENEGraderLib.rules.table_reader import editions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iENEGraderLib.rules.basis import Basis
    from iENEGraderLib.rules.tables import Choice, EditionTables, NTable, StageTable

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "Docs" / "staging-rules.md"
HEAD = """# Staging rules

Generated from the tables in `iENEGrader/iENEGraderLib/rules/*.toml` by `scripts/make_rules_page.py`; change the tables,
not this page. **For research and teaching use; not a medical device.** The rules are restated in our own words. They
do not replace the licensed AJCC and UICC texts, and a clinician must sign them off against those texts before any
other use.

## How to read and check this page

Every line is a rule. Its id is what a report and `hnn stage --json` name in the trace of a result, and an anchor here
(`staging-rules.md#v9.hpv-oropharynx.cN.N1`). Source keys lead to the [sources](#sources), where each says how much of
it was read. To check a line, compare its wording and its conditions with the licensed text; corrections go into the
TOML table, with the source that confirms them, and raise its confidence.

Conditions of a line must all hold. A variable that is not named may have any value. When the tables are loaded, the
software proves that every possible combination matches exactly one line; a hole or an overlap is an error.

| variable | meaning |
|---|---|
| count | number of metastatic nodes |
| size_cm | greatest dimension of the largest of them, in cm, rounded to 0.1; limits are inclusive (6.0 is not over 6) |
| side | relative to the primary; a node in the midline counts as ipsilateral |
| iene_grade | highest unequivocal grade of imaging-detected extranodal extension; doubt does not count |
| clinical_ene | clinical ENE as the edition defines it; in UICC 9 imaging may establish it |
| pene | extranodal extension on histology |
| cervical | sides with cervical nodes; retropharyngeal nodes left out |
| below_cricoid | a cervical node extends below the caudal border of the cricoid |

Confidence of a line:

"""
OPEN_POINTS = """## Open points

For clinical sign-off against the licensed texts, most important first. Until then the software takes the reading named
here, marks it, and shows the alternative.

1. UICC 9, sites other than p16-positive oropharynx, nasopharynx and salivary glands: which grade of iENE on imaging is
   enough for clinical ENE and thus N3b, and the exact sentence. Taken: grade 3, by the setting
   `cENE_imaging_threshold`; with grades 1 and 2 the report names N3b as the alternative.
2. p16-positive oropharynx, version 9: contralateral nodes only, with iENE. Taken: N3; alternative N2.
3. Salivary glands, version 9, clinical N: whether grades 1 and 2 make N2, and whether nodes are counted on imaging as
   they are on histology. Taken: any unequivocal iENE makes N2; alternative N1 for grades 1 and 2.
4. Nasopharynx, version 9: grade 3 by invasion of a gland only (taken: N3), and a retropharyngeal node over 6 cm or with
   grade 3 (taken: does not make N3).
5. The exact UICC 9 wording of clinical N for p16-positive oropharynx, nasopharynx and N2b to N3b elsewhere; the UICC 9
   stage table for nasal cavity and sinuses, which is taken from the 8th edition.
6. The full texts of the iENE guide for radiologists and of the HNCIG consensus: the angle for arteries (270 degrees
   included or not), the sections asked for in muscle, how certainty is expressed, what a report must hold.
7. The guideline on transoral robotic surgery: its own wording on iENE.
8. A primary in the midline: which side is ipsilateral. Taken: nodes on one side are ipsilateral, on both bilateral.
9. The size of fused nodes. Taken: that of the whole mass.
10. Unknown primary, EBV positive, N1: stage I or IB, which two pages of the same book print differently. Taken: IB.
11. p16-positive oropharynx, nodes of one side, grade 3: the review words it as N3, the version 9 rule as transcribed
    knows no grade. Taken: N2, read as "up to N3".
12. Pathological N of the other sites in UICC 9: no text was seen. Taken: the rows of the 8th edition.
13. Skin in TNM 8: how UICC 8 divides stage IV. Taken: the undivided stage IV of AJCC 8.
14. One contralateral node with pathological ENE: N3b here; some records hold N2, as a first printing may have had it.

Every line of low confidence, most of them conventions of this project:

"""


def rules_page() -> str:
    """Return the whole page."""
    printed: set[str] = set()
    return (
        "".join(
            [
                HEAD,
                _table(
                    ("mark", "meaning"), [(f"**{mark}**", meaning) for mark, meaning in CONFIDENCE_MEANINGS.items()]
                ),
                _contents(),
                OPEN_POINTS,
                _low_confidence(),
                _grading(),
                _levels(),
                *(_edition(edition, printed) for edition in editions()),
                _notes(),
                _sources(),
            ]
        ).rstrip("\n")
        + "\n"
    )


def _low_confidence() -> str:
    """Return all rules whose confidence is low, so that none is missed at sign-off."""
    bases = [rule.basis for rule in (*grade_rules(), *level_rules().values())]
    for edition in editions():
        bases += [each.basis for each in (*edition.chapters, *edition.refused)]
        for each in edition.chapters:
            tables = (each.clinical_n, each.pathological_n, each.clinical_stage, each.pathological_stage)
            bases += [row.basis for table in tables for row in table.rows]
    bases += [*notes().values(), *principles()]
    low = dict.fromkeys(basis.rule_id for basis in bases if basis.confidence is Confidence.LOW)
    return ", ".join(map(_link, low)) + ".\n\n"


def _contents() -> str:
    headings = [
        "Open points",
        "Grades of iENE",
        "Neck levels",
        *(edition.title for edition in editions()),
        "Notes",
        "Principles",
    ]
    lines = [f"- [{heading}](#{_slug(heading)})" for heading in [*headings, "Sources"]]
    return "## Contents\n\n" + "\n".join(lines) + "\n\n"


def _grading() -> str:
    rules = [
        (str(rule.grade), " and ".join(sorted(map(finding_title, rule.requires))) or "none", *_basis(rule.basis))
        for rule in sorted(grade_rules(), key=lambda rule: rule.grade)
    ]
    findings = [
        (each.title, each.definition, each.not_enough, str(each.confidence), _keys(each.sources)) for each in criteria()
    ]
    return (
        "## Grades of iENE\n\nThe grade of a node is the highest whose findings are **all unequivocal**; equivocal "
        "findings are recorded and never count. The grade of a patient is the highest of the nodes.\n\n"
        + _table(("grade", "unequivocal findings", "wording", "confidence", "sources", "id"), rules)
        + "### Findings\n\n"
        + _table(("finding", "definition", "not enough", "confidence", "sources"), findings)
    )


def _levels() -> str:
    position = {True: "below", False: "above", None: "not implied: the node's own extent is needed"}
    rows = [
        (
            f"{rule.level}{' (not cervical for nasopharynx)' if rule.retropharyngeal else ''}",
            position[rule.below_cricoid],
            *_basis(rule.basis)[1:],
        )
        for rule in level_rules().values()
    ]
    return "## Neck levels\n\nWhat a level says about the caudal border of the cricoid, for nasopharynx.\n\n" + _table(
        ("level", "relative to the border", "confidence", "sources", "id"), rows
    )


def _edition(edition: EditionTables, printed: set[str]) -> str:
    """Return one edition: which tables hold for which tumour, then the tables that no earlier edition has shown."""
    chapters = [
        (_choice(each.choice), _link(each.clinical_n.table_id), _link(each.pathological_n.table_id),
         _link(each.clinical_stage.table_id), _link(each.pathological_stage.table_id),
         _with_flag(each.basis.text, "; ".join(filter(None, (each.flag, each.pathological_n0_flag)))),
         *_basis(each.basis)[1:])
        for each in edition.chapters
    ]  # fmt: skip
    refused = [(_choice(each.choice), *_basis(each.basis)) for each in edition.refused]
    headings = ("tumour", "clinical N", "pathological N", "clinical stage", "pathological stage", "wording")
    text = f"## {edition.title}\n\n### Tables by tumour: {edition.edition}\n\n"
    text += _table((*headings, "confidence", "sources", "id"), chapters)
    text += "Not staged without the reader's decision:\n\n"
    text += _table(("tumour", "wording", "confidence", "sources", "id"), refused)
    text += "No node:\n\n" + _table(("wording", "confidence", "sources", "id"), [_basis(edition.n0)])
    for chapter in edition.chapters:
        for n_table in (chapter.clinical_n, chapter.pathological_n):
            text += _once(n_table.table_id, _n_table(n_table), printed)
        for stage_table in (chapter.clinical_stage, chapter.pathological_stage):
            text += _once(stage_table.table_id, _stage_table(stage_table), printed)
    return text


def _once(key: str, text: str, printed: set[str]) -> str:
    if key in printed:
        return ""
    printed.add(key)
    return text


def _n_table(table: NTable) -> str:
    rows = []
    for row in table.rows:
        flag = row.flag + (f"; alternative {row.other_n} {row.other_when}" if row.other_n else "")
        conditions = "; ".join(f"{variable} {_condition(condition)}" for variable, condition in row.conditions)
        rows.append((f"**{row.n}**", conditions, _with_flag(row.basis.text, flag), *_basis(row.basis)[1:]))
    imaging = (
        "Imaging may establish clinical ENE here, by the setting.\n\n" if table.imaging_may_set_clinical_ene else ""
    )
    flag = f"Flag: {table.flag}.\n\n" if table.flag else ""
    heading = f"### {table.title}: {_anchored(table.table_id)}\n\n{imaging}{flag}"
    return heading + _table(("N", "conditions", "wording", "confidence", "sources", "id"), rows)


def _stage_table(table: StageTable) -> str:
    rows, seen = [], set[str]()
    for row in table.rows:
        rule_id = f"`{row.basis.rule_id}`" if row.basis.rule_id in seen else _anchored(row.basis.rule_id)
        seen.add(row.basis.rule_id)
        values = (_any(row.t, table.t, "T"), _any(row.n, table.n, "N"), _any(row.m, table.m, "M"))
        rows.append((f"**{row.stage}**", *values, rule_id))
    basis = table.rows[0].basis
    facts = f"Confidence {basis.confidence}; sources {_keys(basis.sources)}."
    flag = f" Flag: {table.flag}." if table.flag else ""
    heading = f"### {table.title}: {_anchored(table.table_id)}\n\n{facts}{flag}\n\n"
    return heading + _table(("stage", "T", "N", "M", "id"), rows)


def _notes() -> str:
    rows = [_basis(each) for each in notes().values()]
    text = "## Notes\n\nWhat may stand beside a category. Words in braces are filled in.\n\n"
    text += _table(("wording", "confidence", "sources", "id"), rows)
    text += "## Principles\n\nWhat the engine is built on; these stand beside no single result.\n\n"
    return text + _table(("wording", "confidence", "sources", "id"), [_basis(each) for each in principles()])


def _sources() -> str:
    rows = [
        (
            f'<a id="source-{each.key}"></a>**{each.key}**',
            each.citation,
            each.url or "none",
            spaced(each.kind),
            each.seen,
        )
        for each in sources().values()
    ]
    text = "## Sources\n\nOnly what stands under 'read' was seen when the tables were written.\n\n"
    return text + _table(("key", "citation", "address", "kind", "read"), rows)


def _basis(basis: Basis) -> tuple[str, str, str, str]:
    """Wording, confidence, sources and id of a rule."""
    return (basis.text, str(basis.confidence), _keys(basis.sources), _anchored(basis.rule_id))


def _with_flag(text: str, flag: str) -> str:
    return f"{text} *(flag: {flag})*" if flag else text


def _anchored(rule_id: str) -> str:
    return f'<a id="{rule_id}"></a>`{rule_id}`'


def _link(rule_id: str) -> str:
    return f"[{rule_id}](#{rule_id})"


def _keys(keys: Iterable[str]) -> str:
    return ", ".join(f"[{key}](#source-{key})" for key in keys)


def _choice(choice: Choice) -> str:
    return "; ".join(f"{name} {' or '.join(map(spaced, words.words))}" for name, words in choice.conditions)


def _condition(condition: Words | NumberRange) -> str:
    if isinstance(condition, Words):
        return " or ".join(condition.words)
    return " and ".join(f"{sign or '='} {limit:g}" for sign, limit in condition.bounds)


def _any(values: Sequence[str], every: Sequence[str], letter: str) -> str:
    return f"any {letter}" if set(values) == set(every) else ", ".join(values)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines) + "\n"


def _slug(heading: str) -> str:
    """Return the anchor that Markdown viewers give a heading."""
    kept = (letter for letter in heading.lower() if letter.isalnum() or letter in " -")
    return "".join(kept).replace(" ", "-")


def main(arguments: list[str]) -> int:
    """Write or check the page."""
    text = rules_page()
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        print("Docs/staging-rules.md does not show the rule tables: run python scripts/make_rules_page.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
