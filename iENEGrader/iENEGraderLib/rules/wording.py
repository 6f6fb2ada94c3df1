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
    if not nodes:
        return "retropharyngeal nodes only"
    kind = "cervical" if Variable.CERVICAL in variables else "metastatic"
    words = [f"{possible[0].count} {kind} node" + ("s" if possible[0].count > 1 else "")]
    for variable in _ORDER:
        if variable not in variables:
            continue
        if variable is Variable.SIZE_CM:
            words.append(_size(nodes, possible[0].size_cm))
        elif variable is Variable.IENE_GRADE:
            words.append(f"iENE grade {possible[0].iene_grade}")
        else:
            values = {getattr(each, variable) for each in possible}
            words.append(_PHRASES[variable][values.pop()] if len(values) == 1 else _UNKNOWN[variable])
    return ", ".join(words)


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
    Variable.CERVICAL: {"unilateral": "on one side", "bilateral": "on both sides"},
    Variable.BELOW_CRICOID: {"yes": "below the cricoid", "no": "above the cricoid"},
    Variable.CLINICAL_ENE: {"yes": "clinical ENE", "no": "no clinical ENE"},
    Variable.PENE: {"yes": "pathological ENE", "no": "no pathological ENE"},
}
_UNKNOWN = {
    Variable.SIDE: "side of the primary not known",
    Variable.BELOW_CRICOID: "height against the cricoid not known",
    Variable.PENE: "pathological ENE not known for every node",
}


def _size(nodes: Sequence[Node], largest_cm: float) -> str:
    measured = [node for node in nodes if node.greatest_dimension_mm is not None]
    if not measured:
        return "not measured"
    return f"largest {largest_cm:.1f} cm" + ("" if len(measured) == len(nodes) else ", others not measured")
