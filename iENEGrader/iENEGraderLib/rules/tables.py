"""The staging tables of an edition: which rows hold for which nodes, T, N and M."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from iENEGraderLib.reading import MarkerStatus, MCategory, Site, TCategory
from iENEGraderLib.rules.conditions import NumberRange

if TYPE_CHECKING:
    from iENEGraderLib.rules.basis import Basis
    from iENEGraderLib.rules.conditions import Words
    from iENEGraderLib.rules.facts import NodalFacts
    from iENEGraderLib.rules.results import Edition


class Variable(StrEnum):
    """What an N table can ask about the nodes; `NodalFacts` has a field of the same name for each."""

    COUNT = "count"
    SIZE_CM = "size_cm"
    SIDE = "side"
    IENE_GRADE = "iene_grade"
    CLINICAL_ENE = "clinical_ene"
    PENE = "pene"
    CERVICAL = "cervical"
    BELOW_CRICOID = "below_cricoid"


YES_OR_NO = ("yes", "no")
WORDS: dict[Variable, tuple[str, ...]] = {
    Variable.SIDE: ("ipsilateral", "contralateral", "bilateral"),
    Variable.CLINICAL_ENE: YES_OR_NO,
    Variable.PENE: YES_OR_NO,
    Variable.CERVICAL: ("none", "unilateral", "bilateral"),
    Variable.BELOW_CRICOID: YES_OR_NO,
}
TUMOUR_WORDS: dict[str, tuple[str, ...]] = {
    "site": tuple(Site),
    "p16": tuple(MarkerStatus),
    "ebv": tuple(MarkerStatus),
}


@dataclass(frozen=True)
class NRow:
    """One row of an N table; `other_n` holds instead under the condition `other_when`, which the texts leave open."""

    n: str
    conditions: tuple[tuple[Variable, Words | NumberRange], ...]
    basis: Basis
    flag: str = ""
    other_n: str = ""
    other_when: str = ""

    def holds(self, facts: NodalFacts) -> bool:
        """Tell whether all conditions hold."""
        return all(condition.holds(getattr(facts, variable)) for variable, condition in self.conditions)


@dataclass(frozen=True)
class NTable:
    """Categories N1 and higher of one chapter; N0 is the absence of nodes."""

    table_id: str
    title: str
    variables: tuple[Variable, ...]
    rows: tuple[NRow, ...]
    imaging_may_set_clinical_ene: bool
    flag: str

    def row_for(self, facts: NodalFacts) -> NRow:
        """Return the one row that holds."""
        return next(row for row in self.rows if row.holds(facts))

    @property
    def size_limits_cm(self) -> tuple[float, ...]:
        """Limits of size that the rows compare with, in rising order; empty when size plays no part."""
        limits = {
            limit
            for row in self.rows
            for name, condition in row.conditions
            if name is Variable.SIZE_CM and isinstance(condition, NumberRange)
            for _, limit in condition.bounds
        }
        return tuple(sorted(limits))

    @property
    def categories(self) -> tuple[str, ...]:
        """All N categories of the table, N0 first."""
        return tuple(dict.fromkeys(["N0", *(row.n for row in self.rows)]))


@dataclass(frozen=True)
class StageRow:
    """One row of a stage table."""

    stage: str
    t: tuple[TCategory, ...]
    n: tuple[str, ...]
    m: tuple[MCategory, ...]
    basis: Basis

    def holds(self, t: TCategory, n: str, m: MCategory) -> bool:
        """Tell whether the row is for these categories."""
        return t in self.t and n in self.n and m in self.m


@dataclass(frozen=True)
class StageTable:
    """Stage groups of one chapter."""

    table_id: str
    title: str
    t: tuple[TCategory, ...]
    n: tuple[str, ...]
    m: tuple[MCategory, ...]
    rows: tuple[StageRow, ...]
    flag: str

    def row_for(self, t: TCategory, n: str, m: MCategory) -> StageRow | None:
        """Return the row for these categories; None where the stage is undefined (T0 N0, say)."""
        return next((row for row in self.rows if row.holds(t, n, m)), None)


@dataclass(frozen=True)
class Choice:
    """Which tumours (site, p16, EBV) something holds for."""

    conditions: tuple[tuple[str, Words], ...]

    def holds(self, site: Site, p16: MarkerStatus, ebv: MarkerStatus) -> bool:
        """Tell whether the tumour is meant."""
        values = {"site": site, "p16": p16, "ebv": ebv}
        return all(condition.holds(values[name]) for name, condition in self.conditions)


@dataclass(frozen=True)
class Chapter:
    """The tables for one kind of tumour in one edition."""

    choice: Choice
    clinical_n: NTable
    pathological_n: NTable
    clinical_stage: StageTable
    pathological_stage: StageTable
    flag: str
    pathological_n0_flag: str
    basis: Basis


@dataclass(frozen=True)
class Refused:
    """A kind of tumour that the edition cannot stage without the reader's decision."""

    choice: Choice
    basis: Basis


@dataclass(frozen=True)
class EditionTables:
    """One edition: its chapters and what it refuses."""

    edition: Edition
    title: str
    n0: Basis
    n0_pathological_flag: str
    chapters: tuple[Chapter, ...]
    refused: tuple[Refused, ...]

    def choices(self, site: Site, p16: MarkerStatus, ebv: MarkerStatus) -> list[Chapter | Refused]:
        """Return every chapter and refusal that is meant for this tumour; checked tables have exactly one."""
        every: tuple[Chapter | Refused, ...] = (*self.chapters, *self.refused)
        return [each for each in every if each.choice.holds(site, p16, ebv)]
