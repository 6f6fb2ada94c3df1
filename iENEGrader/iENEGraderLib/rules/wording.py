"""Says in words with which facts about the nodes an N table was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.rules.tables import Variable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.reading import Node
    from iENEGraderLib.rules.facts import NodalFacts


def nodes_in_words(variables: Sequence[Variable], nodes: Sequence[Node], possible: Sequence[NodalFacts]) -> str:
    """Name number, side, size and extension of the nodes, as far as the table uses them.

    Parameters
    ----------
    variables : what the table asks about.
    nodes : the nodes it is about.
    possible : every state that agrees with the reading; what differs between them is not known.
    """
    known = {Variable.COUNT: _count(possible[0].count, nodes)}
    for variable, phrases in _PHRASES.items():
        values = dict.fromkeys(getattr(each, variable) for each in possible)
        known[variable] = " or ".join(phrases[value] for value in values)
    known[Variable.SIZE_CM] = _size(nodes, possible[0].size_cm)
    known[Variable.IENE_GRADE] = f"iENE grade {possible[0].iene_grade}"
    asked = (Variable.COUNT, *(variable for variable in _ORDER if variable in variables))
    return ", ".join(filter(None, (known[variable] for variable in asked)))


_ORDER = (
    Variable.SIDE,
    Variable.CERVICAL,
    Variable.SIZE_CM,
    Variable.BELOW_CRICOID,
    Variable.IENE_GRADE,
    Variable.CLINICAL_ENE,
    Variable.PENE,
)
_PHRASES = {
    Variable.SIDE: {word: word for word in ("ipsilateral", "contralateral", "bilateral")},
    Variable.CERVICAL: {"none": "", "unilateral": "on one side", "bilateral": "on both sides"},
    Variable.BELOW_CRICOID: {"yes": "below the cricoid", "no": "above the cricoid"},
    Variable.CLINICAL_ENE: {"yes": "clinical ENE", "no": "no clinical ENE"},
    Variable.PENE: {"yes": "pathological ENE", "no": "no pathological ENE"},
}


def _count(count: int, nodes: Sequence[Node]) -> str:
    if not nodes:
        return "no cervical node"
    return f"{count} metastatic node" + ("s" if count > 1 else "")


def _size(nodes: Sequence[Node], largest_cm: float) -> str:
    measured = [node for node in nodes if node.greatest_dimension_mm is not None]
    if not nodes:
        return ""
    if not measured:
        return "not measured"
    return f"largest {largest_cm:.1f} cm" + ("" if len(measured) == len(nodes) else ", others not measured")
