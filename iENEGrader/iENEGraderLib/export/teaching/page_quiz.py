"""The quiz of the page: what to answer, and after it the reader's answers with the explanation of each criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, anchor, bullets, joined, tag

from iENEGraderLib.export.teaching.page_parts import section
from iENEGraderLib.export.teaching.quiz import grade_in_words
from iENEGraderLib.export.words import GRADE_MEANINGS
from iENEGraderLib.reading import Certainty

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from iENEGraderLib.export.teaching.notes import Question
    from iENEGraderLib.export.teaching.quiz import Quiz, QuizCategory, QuizFinding, QuizNode

ASKED = (
    "Tick what you call unequivocal at each node, grade it, and give the N category. Only unequivocal findings count. "
    "What you leave open is not compared. Your answers stay in this browser; they are added to the address of the "
    "page when you show the answers, so that you can keep them or send them to your teacher."
)
NONE = "Nothing of the neck is asked here: the reading has no node."


def quiz_section(quiz: Quiz, questions: Sequence[Question], shown: Collection[str] = ()) -> Markup:
    """Return the form to answer, and the button that shows the answers.

    Parameters
    ----------
    shown : ids of the nodes that have key images.
    """
    fields = [
        *(_node(node, number, has_images=node.node_id in shown) for number, node in enumerate(quiz.nodes, start=1)),
        _categories(quiz.categories),
        *(_question(question, number) for number, question in enumerate(questions, start=1)),
    ]
    buttons = tag(
        "p",
        tag("button", "Show the answers", type="submit", class_="primary-button"),
        " ",
        tag("button", "Start again", type="reset"),
        class_="buttons",
    )
    form = tag("form", *fields, buttons, id="quiz-form", autocomplete="off")
    return section("Grade it yourself", "quiz", tag("p", ASKED if quiz.nodes else NONE, class_="aside"), form)


def answers_section(quiz: Quiz, questions: Sequence[Question]) -> Markup:
    """Return what the reader said, with a place beside each answer for what was answered here."""
    parts = [
        tag("p", "", id="score", role="status"),
        tag("div", *(_node_answer(node, n) for n, node in enumerate(quiz.nodes, start=1)), class_="node-answers"),
        tag("div", *(_category_answer(each) for each in quiz.categories), class_="category-answers"),
        *(_question_answer(question, n) for n, question in enumerate(questions, start=1)),
    ]
    return section("Answers", "answer", *parts, tabindex="-1")


def _node(node: QuizNode, number: int, *, has_images: bool) -> Markup:
    groups = [_group(node, group, number) for group in node.groups]
    return tag(
        "fieldset",
        tag("legend", f"{node.node_id}: {node.place} ", _to_images(node) if has_images else ""),
        tag("div", *groups, class_="groups"),
        _grades(node, number),
        class_="card",
        id=anchor("grade", node.node_id),
    )


def _to_images(node: QuizNode) -> Markup:
    return tag("a", "key images", href=f"#{anchor('images', node.node_id)}", class_="jump")


def _group(node: QuizNode, group: str, number: int) -> Markup:
    boxes = [
        tag("label", tag("input", type="checkbox", name_=f"f{number}.{each.kind}"), f" {each.title}")
        for each in node.findings
        if each.group == group
    ]
    return tag("fieldset", tag("legend", group), *boxes, class_=f"group {group.split(maxsplit=1)[0].lower()}")


def _grades(node: QuizNode, number: int) -> Markup:
    choices = [
        tag("label", tag("input", type="radio", name_=f"g{number}", value=str(grade)), f" {grade}: {meaning}")
        for grade, meaning in enumerate(GRADE_MEANINGS)
    ]
    return tag("fieldset", tag("legend", f"Grade of {node.node_id}"), *choices, class_="grades")


def _categories(categories: Sequence[QuizCategory]) -> Markup:
    if not categories:
        return Markup("")
    selects = [
        tag(
            "label",
            each.title,
            tag("select", tag("option", "", value=""), *_options(each), name_=f"n.{each.edition}"),
        )
        for each in categories
    ]
    return tag("fieldset", tag("legend", "N category"), *selects, class_="card categories")


def _options(category: QuizCategory) -> list[Markup]:
    return [tag("option", each, value=each) for each in category.options]


def _question(question: Question, number: int) -> Markup:
    choices = [
        tag("label", tag("input", type="radio", name_=f"q{number}", value=str(n)), f" {answer}")
        for n, answer in enumerate(question.answers, start=1)
    ]
    return tag("fieldset", tag("legend", question.text), *choices, class_="card grades")


def _node_answer(node: QuizNode, number: int) -> Markup:
    badge = tag("span", f"grade {node.grade}", class_=f"badge grade-{node.grade}")
    return tag(
        "article",
        tag("h3", f"{node.node_id}: {node.place} ", badge),
        _compared(f"g{number}", str(node.grade), "grade", grade_in_words(node.grade)),
        bullets(node.reasons),
        tag("ul", *(_finding_answer(each, number) for each in node.findings), class_="finding-answers"),
        tag("p", "", class_="rest"),
        class_="node",
    )


def _finding_answer(finding: QuizFinding, number: int) -> Markup:
    counts = {Certainty.UNEQUIVOCAL: "counts", Certainty.EQUIVOCAL: "recorded, does not count"}
    said = f"reader: {finding.said}" + (f" ({counts[Certainty(finding.said)]})" if finding.said in counts else "")
    return tag(
        "li",
        tag("strong", finding.title),
        " ",
        tag("span", said, class_=f"said {finding.said.replace(' ', '-')}"),
        " ",
        tag("span", "", class_="yours"),
        tag("p", finding.definition),
        tag("p", joined([tag("strong", "Not enough: "), finding.not_enough])),
        data_field=f"f{number}.{finding.kind}",
        data_right="on" if finding.said == Certainty.UNEQUIVOCAL else "",
        class_="quiet" if finding.said not in counts else "",
    )


def _category_answer(category: QuizCategory) -> Markup:
    words = " or ".join(category.answers)
    also = f" (also possible when an open interpretation is made the other way: {', '.join(category.also)})"
    text = f"{category.title}: {words}" + (also if category.also else "")
    return _compared(f"n.{category.edition}", " ".join(category.answers), "category", text, " ".join(category.also))


def _question_answer(question: Question, number: int) -> Markup:
    right = tag("p", joined([tag("strong", "Answer: "), question.answers[question.right]]))
    compared = _compared(f"q{number}", str(question.right + 1), "question", question.text)
    explanation = tag("p", question.explanation) if question.explanation else ""
    return tag("article", compared, right, explanation, class_="node")


def _compared(field: str, right: str, kind: str, words: str, also: str = "") -> Markup:
    """Return one answer, with a place for what was answered here and whether they agree."""
    return tag(
        "p",
        tag("span", words),
        " ",
        tag("span", "", class_="yours"),
        data_field=field,
        data_right=right,
        data_also=also or False,
        data_kind=kind,
    )
