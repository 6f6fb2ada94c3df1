"""Undo and redo against a plain list of states."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.panel.session.command_stack import LONGEST_HISTORY, Change, CommandStack


def test_an_empty_stack_has_nothing_to_undo_or_redo() -> None:
    stack = CommandStack()
    assert stack.undo() is None
    assert stack.redo() is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.just("undo"), st.just("redo"), st.integers(0, 9)), max_size=40))
def test_any_order_of_edits_undo_and_redo_agrees_with_a_list_of_states(steps: list[str | int]) -> None:
    stack, document = CommandStack(), "start"
    states, at = ["start"], 0
    for step in steps:
        if step == "undo":
            at = max(at - 1, 0)
            change = stack.undo()
            document = change.before if change else document
        elif step == "redo":
            at = min(at + 1, len(states) - 1)
            change = stack.redo()
            document = change.after if change else document
        else:
            states = [*states[: at + 1], f"{document}{step}"]
            at += 1
            stack.push(Change(f"add {step}", document, states[at]))
            document = states[at]
        assert document == states[at]
        assert (stack.to_undo is None) == (at == 0)
        assert (stack.to_redo is None) == (at == len(states) - 1)


def test_a_long_history_forgets_its_oldest_change_first() -> None:
    stack = CommandStack()
    for number in range(LONGEST_HISTORY + 1):
        stack.push(Change(str(number), str(number), str(number + 1)))
    taken_back = []
    while change := stack.undo():
        taken_back.append(change.label)
    assert len(taken_back) == LONGEST_HISTORY
    assert taken_back[-1] == "1"
