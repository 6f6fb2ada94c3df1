"""What a user enters because DICOM lacks it: each entry with its unit, who entered it and when."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import write_text_atomically

from PWIProtocolLib.protocol.agents import agent_named, agents
from PWIProtocolLib.protocol.recommendations import CriterionId

SCHEMA = "hnn-pwi-answers/1"
KEYS = {"field", "value", "unit", "who", "when"}


class AnswerField(StrEnum):
    """What can be entered."""

    COIL = "coil"
    FAT_SUPPRESSION = "fat_suppression"
    FLIP_ANGLES_BEFORE_CONTRAST = "flip_angles_before_contrast"
    FRAME_INTERVAL = "frame_interval"
    FRAMES_BEFORE_CONTRAST = "frames_before_contrast"
    AGENT = "agent"
    CONTRAST_DOSE = "contrast_dose"
    CONTRAST_VOLUME = "contrast_volume"
    PATIENT_WEIGHT = "patient_weight"
    INJECTION_RATE = "injection_rate"
    SALINE_FLUSH = "saline_flush"


@dataclass(frozen=True)
class FieldRule:
    """What an entry may be: a number within a range and in one unit, or one of a few words.

    Attributes
    ----------
    criteria : the criteria that read it.
    """

    title: str
    criteria: tuple[CriterionId, ...]
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    whole: bool = False


COILS = ("head_neck", "neurovascular", "other")
YES_NO = ("yes", "no")
DOSE = (CriterionId.CONTRAST_DOSE,)
INJECTION = (CriterionId.INJECTION_RATE_AND_FLUSH,)
TIMES = (CriterionId.TEMPORAL_RESOLUTION, CriterionId.TOTAL_TIME)

# The ranges are those of what exists, wide enough for children and for unusual protocols: they catch slips of the unit.
RULES = {
    AnswerField.COIL: FieldRule("Receive coil", (CriterionId.COIL,), choices=COILS),
    AnswerField.FAT_SUPPRESSION: FieldRule("Fat suppression", (CriterionId.FAT_SUPPRESSION,), choices=YES_NO),
    AnswerField.FLIP_ANGLES_BEFORE_CONTRAST: FieldRule(
        "T1 mapping before contrast", (CriterionId.FLIP_ANGLES_BEFORE_CONTRAST,), choices=YES_NO
    ),
    AnswerField.FRAME_INTERVAL: FieldRule("Time between volumes", TIMES, "s", 0.1, 300),
    AnswerField.FRAMES_BEFORE_CONTRAST: FieldRule(
        "Volumes before contrast", (CriterionId.PRECONTRAST_ACQUISITIONS,), "frames", 0, 1000, whole=True
    ),
    AnswerField.AGENT: FieldRule("Contrast agent", DOSE),
    AnswerField.CONTRAST_DOSE: FieldRule("Dose of gadolinium", DOSE, "mmol/kg", 0.005, 0.5),
    AnswerField.CONTRAST_VOLUME: FieldRule("Volume of agent, undiluted", DOSE, "mL", 0.1, 100),
    AnswerField.PATIENT_WEIGHT: FieldRule("Body weight", DOSE, "kg", 1, 400),
    AnswerField.INJECTION_RATE: FieldRule("Injection rate", INJECTION, "mL/s", 0.1, 15),
    AnswerField.SALINE_FLUSH: FieldRule("Saline flush", INJECTION, "mL", 0, 200),
}


@dataclass(frozen=True)
class Answer:
    """One entry. `who` is the person who entered it, never the patient."""

    field: AnswerField
    value: float | str
    who: str
    when: datetime

    @property
    def unit(self) -> str:
        """The unit of the value."""
        return RULES[self.field].unit

    @property
    def words(self) -> str:
        """The entry as a reader sees it."""
        value = f"{self.value:g} {self.unit}" if isinstance(self.value, float) else self.value.replace("_", " ")
        return f"{value} (entered by {self.who} on {self.when.date().isoformat()})"


@dataclass(frozen=True)
class Answers:
    """All entries for one study, and the clinical scenario that was chosen."""

    items: tuple[Answer, ...] = ()
    indication: str = ""

    def get(self, field: AnswerField) -> Answer | None:
        """Return the entry of a field."""
        return next((each for each in self.items if each.field is field), None)

    def number(self, field: AnswerField) -> float | None:
        """Return the number that was entered."""
        answer = self.get(field)
        return answer.value if answer is not None and isinstance(answer.value, float) else None

    def with_answer(self, answer: Answer) -> Answers:
        """Return a copy in which this entry takes the place of an earlier one."""
        return replace(self, items=(*self.without(answer.field).items, answer))

    def without(self, field: AnswerField) -> Answers:
        """Return a copy without an entry."""
        return replace(self, items=tuple(each for each in self.items if each.field is not field))


def fields_for(criterion_id: str) -> tuple[AnswerField, ...]:
    """Return what can be entered for a criterion."""
    return tuple(field for field, rule in RULES.items() if criterion_id in rule.criteria)


def rule_of(field: AnswerField) -> FieldRule:
    """Return what an entry of this field may be."""
    return RULES[field]


def answer_from(field: AnswerField, value: float | str, who: str, when: datetime | None = None) -> Answer:
    """Return a checked entry.

    Parameters
    ----------
    field : what is entered.
    value : number in the unit of the field, or a word.
    who : who enters it; initials do.
    when : time of the entry, with time zone; now when None.

    Raises
    ------
    InputError
        When the value is out of range or of the wrong kind, or nobody stands for it.
    """
    if not isinstance(who, str) or not who.strip():
        raise InputError(f"{field.value}: say who enters it (initials do)")
    moment = when or datetime.now(UTC).replace(microsecond=0)
    if moment.tzinfo is None:
        raise InputError(f"{field.value}: the time of entry needs a time zone, for example 2026-11-22T10:00:00+00:00")
    return Answer(field, _checked(field, value), who.strip(), moment)


def read_answers(path: str | Path) -> Answers:
    """Read entries from JSON.

    Raises
    ------
    InputError
        When the file is not of the expected form; the message names the entry.
    """
    source = Path(path)
    try:
        document = json.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{source}: cannot be read as JSON; give the file of answers (Docs/PWIProtocol.md)") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f'{source.name}: must hold {{"schema": "{SCHEMA}", "answers": [...]}}')
    rows, indication = document.get("answers", []), document.get("indication", "")
    if not isinstance(rows, list) or not isinstance(indication, str):
        raise InputError(f"{source.name}: answers must be a list and indication a text")
    found = Answers(indication=indication)
    for number, row in enumerate(rows, start=1):
        answer = _answer(row, f"{source.name}, answer {number}")
        if found.get(answer.field) is not None:
            raise InputError(f"{source.name}, answer {number}: {answer.field.value} is answered twice; keep one")
        found = found.with_answer(answer)
    return found


def write_answers(path: str | Path, answers: Answers) -> None:
    """Write entries as JSON, atomically."""
    rows = [
        {
            "field": each.field.value,
            "value": each.value,
            "unit": each.unit,
            "who": each.who,
            "when": each.when.isoformat(),
        }
        for each in answers.items
    ]
    document = {"schema": SCHEMA, "indication": answers.indication, "answers": rows}
    write_text_atomically(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _answer(row: Any, where: str) -> Answer:
    if not isinstance(row, dict) or set(row) - KEYS or not {"field", "value", "who", "when"} <= set(row):
        raise InputError(f"{where}: needs field, value, unit, who and when, and nothing else")
    if row["field"] not in set(AnswerField):
        raise InputError(f"{where}: field must be one of {', '.join(AnswerField)}, found {row['field']!r}")
    field = AnswerField(row["field"])
    unit = row.get("unit", "")
    if unit != RULES[field].unit:
        raise InputError(f"{where}: {field.value} must be in {RULES[field].unit or 'no unit'}, found {unit!r}")
    try:
        when = datetime.fromisoformat(row["when"])
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: when must be a date and time such as 2026-11-22T10:00:00+00:00") from error
    try:
        return answer_from(field, row["value"], row["who"], when)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def _checked(field: AnswerField, value: Any) -> float | str:
    rule = RULES[field]
    if rule.unit:
        number = not isinstance(value, bool) and isinstance(value, int | float)
        if not number or not rule.low <= value <= rule.high or (rule.whole and value != int(value)):
            kind = "a whole number" if rule.whole else "a number"
            asked = f"{kind} of {rule.low:g} to {rule.high:g} {rule.unit}"
            raise InputError(f"{field.value}: must be {asked}, found {str(value)[:40]}")
        return float(value)
    if rule.choices:
        if value not in rule.choices:
            raise InputError(f"{field.value}: must be one of {', '.join(rule.choices)}, found {value!r}")
        return str(value)
    agent = agent_named(value) if isinstance(value, str) else None
    if agent is None:
        known = ", ".join(each.name for each in agents())
        raise InputError(f"{field.value}: {str(value)[:40]!r} names none, or several, of {known}")
    return agent.name
