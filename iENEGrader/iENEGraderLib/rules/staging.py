"""N category and stage of one reading in one edition. What the tables leave open is said, never guessed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iENEGraderLib.reading import Classification, FindingKind, MarkerStatus, MCategory, Site, TCategory
from iENEGraderLib.rules.facts import below_cricoid, is_retropharyngeal, possible_facts
from iENEGraderLib.rules.results import Alternative, EditionResult, Trace
from iENEGraderLib.rules.tables import Chapter, EditionTables, NRow, NTable, StageRow, StageTable, Variable
from iENEGraderLib.rules.wording import nodes_in_words

if TYPE_CHECKING:
    from iENEGraderLib.reading import Node, Reading
    from iENEGraderLib.rules.facts import NodalFacts

FEW_LESIONS = 3


@dataclass(frozen=True)
class ChapterCase:
    """A reading as one chapter of one edition sees it: the tables that apply and the nodes they are about."""

    reading: Reading
    edition: EditionTables
    chapter: Chapter
    n_table: NTable
    stage_table: StageTable
    nodes: tuple[Node, ...]
    grade: int
    clinical_ene: bool

    @property
    def prefix(self) -> str:
        """Letter before the category: c or p."""
        return "p" if self.reading.classification is Classification.PATHOLOGICAL else "c"

    def uses(self, variable: Variable) -> bool:
        """Tell whether the N table asks about this."""
        return variable in self.n_table.variables

    def possible_rows(self) -> tuple[tuple[NRow, NodalFacts], ...]:
        """Rows that hold in at least one state that agrees with the reading, each with its first such state."""
        facts = possible_facts(self.reading, self.nodes, self.clinical_ene)
        rows = {self.n_table.row_for(each).basis.rule_id: each for each in reversed(facts)}
        return tuple((self.n_table.row_for(each), each) for each in dict.fromkeys(reversed(rows.values())))

    def possible_n(self) -> tuple[str, ...]:
        """N categories that agree with the reading, without prefix."""
        if not self.reading.nodes:
            return ("N0",)
        return tuple(dict.fromkeys(row.n for row, _ in self.possible_rows()))

    def stage_rows(self, n: str) -> tuple[StageRow | None, ...]:
        """Stage rows for every T and M that agree with the reading; None where the stage is undefined."""
        possible = possible_t(self.reading, self.stage_table), possible_m(self.reading, self.stage_table)
        combinations = itertools.product(*possible)
        return tuple(dict.fromkeys(self.stage_table.row_for(t, n, m) for t, m in combinations))

    def stage(self, n: str) -> str | None:
        """Return the stage group if it is the same for every T and M that agree with the reading, else None."""
        stages = {row.stage if row else None for row in self.stage_rows(n)}
        return stages.pop() if len(stages) == 1 else None


def open_case(reading: Reading, edition: EditionTables, chapter: Chapter, grades: dict[str, int]) -> ChapterCase:
    """Choose the tables of the chapter and the nodes that its N table is about."""
    pathological = reading.classification is Classification.PATHOLOGICAL
    n_table = chapter.pathological_n if pathological else chapter.clinical_n
    stage_table = chapter.pathological_stage if pathological else chapter.clinical_stage
    nodes = reading.nodes or ()
    if Variable.CERVICAL in n_table.variables:
        nodes = tuple(node for node in nodes if not is_retropharyngeal(node))
    grade = max((grades[node.id] for node in nodes), default=0)
    case = ChapterCase(reading, edition, chapter, n_table, stage_table, nodes, grade, bool(reading.clinical_ene))
    return replace(case, clinical_ene=case.clinical_ene or imaging_sets_clinical_ene(case))


def imaging_sets_clinical_ene(case: ChapterCase) -> bool:
    """Tell whether unequivocal imaging establishes clinical ENE here, by the institution's threshold."""
    threshold = case.reading.clinical_ene_imaging_threshold
    return case.n_table.imaging_may_set_clinical_ene and threshold.isdigit() and case.grade >= int(threshold)


def effective_p16(reading: Reading) -> MarkerStatus:
    """Return p16 as it is used for the choice of the chapter: untested counts as negative on the reader's decision."""
    untested = reading.p16 is MarkerStatus.UNKNOWN and reading.site is Site.OROPHARYNX
    return MarkerStatus.NEGATIVE if untested and reading.untested_p16_as_negative else reading.p16


def possible_t(reading: Reading, table: StageTable) -> tuple[TCategory, ...]:
    """Return the T categories of the table that the entered one may mean; empty when the table does not have it.

    TX may be any T of an invasive primary tumour; T4 may be T4a or T4b where the table divides it.
    """
    t = reading.t_category
    if t in table.t:
        return (t,)
    if t is TCategory.TX:
        return tuple(each for each in table.t if each not in (TCategory.TIS, TCategory.T0))
    if t is TCategory.T4:
        return tuple(each for each in table.t if each in (TCategory.T4A, TCategory.T4B))
    if t in (TCategory.T4A, TCategory.T4B) and TCategory.T4 in table.t:
        return (TCategory.T4,)
    return ()


def possible_m(reading: Reading, table: StageTable) -> tuple[MCategory, ...]:
    """Return the M categories of the table that the entered one may mean, by the number of metastatic lesions."""
    m = reading.m_category
    if m in table.m:
        return (m,)
    if MCategory.M1 in table.m:
        return (MCategory.M1,)
    lesions = reading.metastatic_lesions
    if not lesions:
        return (MCategory.M1A, MCategory.M1B)
    return (MCategory.M1A,) if lesions <= FEW_LESIONS else (MCategory.M1B,)


def stage_case(case: ChapterCase) -> EditionResult:
    """Compute N and stage; what is not the same in every possible state stays None and is said."""
    categories = case.possible_n()
    stages = {case.stage(n) for n in categories}
    stage = stages.pop() if len(stages) == 1 else None
    n = categories[0] if len(categories) == 1 else None
    rows = case.possible_rows() if case.reading.nodes else ()
    return EditionResult(
        edition=case.edition.edition,
        title=case.edition.title,
        n=None if n is None else f"{case.prefix}{n}",
        stage=stage,
        reasons=(*_n_reasons(case, rows, n), *_stage_reasons(case, categories, stage)),
        flags=tuple(filter(None, (case.chapter.flag, case.n_table.flag, *_row_flags(rows), case.stage_table.flag))),
        alternatives=_alternatives(case, rows, n),
        missing=_missing(case, n, stage),
        trace=_traces(case, rows, categories),
    )


def refuse(edition: EditionTables, reason: str, trace: tuple[Trace, ...] = ()) -> EditionResult:
    """Return a result without N and stage that says why."""
    return EditionResult(edition.edition, edition.title, None, None, reasons=(reason,), trace=trace)


def _n_reasons(case: ChapterCase, rows: tuple[tuple[NRow, NodalFacts], ...], n: str | None) -> list[str]:
    if not rows:
        return [case.chapter.basis.text, f"{case.prefix}N0: {case.edition.n0.text}"]
    facts = possible_facts(case.reading, case.nodes, case.clinical_ene)
    seen = nodes_in_words(case.n_table.variables, case.nodes, facts)
    if case.clinical_ene and not case.reading.clinical_ene:
        seen += f" accepted from imaging (grade {case.grade})"
    if n is not None:
        return [case.chapter.basis.text, seen, *(f"{case.prefix}{row.n}: {row.basis.text}" for row, _ in rows)]
    possible = "; ".join(f"{case.prefix}{row.n} if {row.basis.text}" for row, _ in rows)
    return [case.chapter.basis.text, seen, f"N cannot be told from what was entered: {possible}"]


def _row_flags(rows: tuple[tuple[NRow, NodalFacts], ...]) -> list[str]:
    return [row.flag for row, _ in rows if row.flag]


def _stage_reasons(case: ChapterCase, categories: tuple[str, ...], stage: str | None) -> list[str]:
    given = f"{_used_t(case)} {'/'.join(categories)} {_used_m(case)}"
    if stage is not None:
        return [f"stage {stage}: {given}"]
    if not possible_t(case.reading, case.stage_table):
        t = case.reading.t_category
        return [f"no stage: {t} does not exist in this chapter ({case.stage_table.title})"]
    rows = [row for n in categories for row in case.stage_rows(n)]
    possible = ", ".join(dict.fromkeys(row.stage if row else "undefined" for row in rows))
    return [f"no single stage for {given}: {possible}"]


def _used_t(case: ChapterCase) -> str:
    """T as the stage table was asked: the entered one where it may mean several."""
    possible = possible_t(case.reading, case.stage_table)
    return possible[0] if len(possible) == 1 else case.reading.t_category


def _used_m(case: ChapterCase) -> str:
    possible = possible_m(case.reading, case.stage_table)
    return possible[0] if len(possible) == 1 else case.reading.m_category


def _alternatives(
    case: ChapterCase, rows: tuple[tuple[NRow, NodalFacts], ...], n: str | None
) -> tuple[Alternative, ...]:
    if n is None:
        return tuple(Alternative(f"{case.prefix}{row.n}", case.stage(row.n), f"if {row.basis.text}") for row, _ in rows)
    return tuple(
        Alternative(f"{case.prefix}{row.other_n}", case.stage(row.other_n), row.other_when)
        for row, _ in rows
        if row.other_n
    )


def _missing(case: ChapterCase, n: str | None, stage: str | None) -> tuple[str, ...]:
    """Name the fields whose entry would settle what is open."""
    fields = []
    if n is None:
        fields += [f"greatest_dimension_mm of {node.id}" for node in case.nodes if node.greatest_dimension_mm is None]
        fields += ["primary_side"] if case.reading.primary_side is None and case.uses(Variable.SIDE) else []
        fields += _missing_per_node(case)
    if stage is None:
        t = possible_t(case.reading, case.stage_table)
        fields += [f"T ({' or '.join(t)})" if t else "T"] if len(t) != 1 else []
        fields += ["metastatic_lesions"] if len(possible_m(case.reading, case.stage_table)) > 1 else []
    return tuple(fields)


def _missing_per_node(case: ChapterCase) -> list[str]:
    fields = []
    if case.uses(Variable.BELOW_CRICOID):
        fields += [f"extends_below_cricoid of {node.id}" for node in case.nodes if below_cricoid(node) is None]
    if case.uses(Variable.PENE):
        unknown = [node.id for node in case.nodes if node.certainty_of(FindingKind.PATHOLOGICAL_ENE) is None]
        fields += [f"pathological_ene of {node_id}" for node_id in unknown]
    return fields


def _traces(
    case: ChapterCase, rows: tuple[tuple[NRow, NodalFacts], ...], categories: tuple[str, ...]
) -> tuple[Trace, ...]:
    n_rules = [row.basis.trace() for row, _ in rows] or [case.edition.n0.trace()]
    stage_rules = [
        row.basis.trace(f"{_used_t(case)} {n} {_used_m(case)}: stage {row.stage}")
        for n in categories
        for row in case.stage_rows(n)
        if row is not None
    ]
    return tuple(dict.fromkeys([case.chapter.basis.trace(), *n_rules, *stage_rules]))
