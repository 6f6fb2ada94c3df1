"""Whatever a user does, in whatever order: document, markups and history stay consistent."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from iENEGraderLib.reading import (
    Certainty,
    FindingKind,
    Mark,
    MarkKind,
    NeckLevel,
    Node,
    Reading,
    Side,
    is_intact,
    reading_from_text,
)

pytest_plugins = ("panel_fixtures",)

COORDINATES = st.integers(-40, 40).map(float)
POINTS = st.tuples(COORDINATES, COORDINATES, COORDINATES)
KINDS = st.sampled_from([MarkKind.LONG_AXIS, MarkKind.FAT_SPIKE, MarkKind.PLACE])
ANY = st.integers(0, 99)
TIME = "2026-11-22T10:00:00Z"
AXIS = Mark("M1", MarkKind.LONG_AXIS, ((0.0, 0.0, 0.0), (0.0, 24.0, 0.0)))
PLACE = Mark("M2", MarkKind.PLACE, ((5.0, 0.0, 0.0),), FindingKind.MUSCLE_INVASION)
NODE = Node("N1", Side.RIGHT, NeckLevel.IIA, greatest_dimension_mm=24.0, marks=(AXIS, PLACE))


class Reader(RuleBasedStateMachine):
    """A reader with two readings of one case in the scene, who does what comes to mind."""

    @initialize()
    def begin(self) -> None:
        import slicer
        from iENEGraderLib.panel.session.annotations import Annotations
        from iENEGraderLib.panel.session.autosave import Autosave
        from iENEGraderLib.panel.session.reading_session import ReadingSession

        slicer.mrmlScene.Clear(0)
        slicer.mrmlScene.SetURL("")
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        self.session = ReadingSession()
        self.annotations = Annotations(self.session, self.edit)
        self.autosave = Autosave(self.session, self.path / "own", lambda: None, pytest.fail)
        for reader in ("R1", "R2"):
            self.session.start(Reading("X1", reader=reader, nodes=(NODE,)))

    def teardown(self) -> None:
        import slicer

        if not hasattr(self, "session"):
            return
        self.autosave.close()
        self.annotations.close()
        self.session.close()
        self.folder.cleanup()
        slicer.mrmlScene.Clear(0)

    # What a user does in the panel

    @property
    def nodes(self) -> tuple[Any, ...]:
        reading = self.session.reading
        return () if reading is None else reading.nodes or ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        reading = self.session.reading
        return () if reading is None else reading.marks

    def edit(self, label: str, change: Any) -> None:
        """What the panel does with what happens to markups."""
        with suppress(InputError):
            self.session.change(label, change)

    def change(self, edit: Any) -> None:
        """Make an edit; a locked reading must stay, any other is restored by undo, letter by letter."""
        before, locked = self.session.node.GetText(), self.session.reading.signature is not None
        try:
            self.session.change("step", edit)
        except InputError:
            assert self.session.node.GetText() == before
            return
        after = self.session.node.GetText()
        if after == before:
            return
        assert not locked
        self.session.undo()
        assert self.session.node.GetText() == before
        self.session.redo()
        assert self.session.node.GetText() == after

    @precondition(lambda self: self.session.node is not None)
    @rule(side=st.sampled_from(Side))
    def add_node(self, side: Side) -> None:
        from iENEGraderLib.panel.session.edits import add_node, free_node_id

        self.change(add_node(free_node_id(self.session.reading), side))

    @precondition(lambda self: self.nodes)
    @rule(which=ANY)
    def remove_node(self, which: int) -> None:
        from iENEGraderLib.panel.session.edits import remove_node

        self.change(remove_node(self.nodes[which % len(self.nodes)].id))

    @precondition(lambda self: self.nodes)
    @rule(which=ANY, kind=st.sampled_from(FindingKind), certainty=st.none() | st.sampled_from(Certainty))
    def set_finding(self, which: int, kind: FindingKind, certainty: Certainty | None) -> None:
        from iENEGraderLib.panel.session.edits import set_finding

        self.change(set_finding(self.nodes[which % len(self.nodes)].id, kind, certainty))

    @precondition(lambda self: self.nodes)
    @rule(which=ANY, kind=KINDS, first=POINTS, second=POINTS)
    def add_mark(self, which: int, kind: MarkKind, first: Any, second: Any) -> None:
        from iENEGraderLib.panel.session.edits import add_mark, free_mark_id

        points = (first,) if kind is MarkKind.PLACE else (first, second)
        mark = Mark(free_mark_id(self.session.reading), kind, points)
        self.change(add_mark(self.nodes[which % len(self.nodes)].id, mark))

    @precondition(lambda self: self.marks)
    @rule(which=ANY, to=POINTS)
    def move_mark(self, which: int, to: Any) -> None:
        from iENEGraderLib.panel.session.edits import move_mark

        mark = self.marks[which % len(self.marks)]
        self.change(move_mark(mark.id, (*mark.points_ras_mm[:-1], to)))

    @precondition(lambda self: self.marks)
    @rule(which=ANY)
    def remove_mark(self, which: int) -> None:
        from iENEGraderLib.panel.session.edits import remove_mark

        self.change(remove_mark(self.marks[which % len(self.marks)].id))

    @rule(redo=st.booleans())
    def undo_or_redo(self, redo: bool) -> None:
        text = self.session.node.GetText() if self.session.node else ""
        try:
            (self.session.redo if redo else self.session.undo)()
        except InputError:
            assert self.session.node.GetText() == text

    @rule(lock=st.booleans())
    def lock_or_unlock(self, lock: bool) -> None:
        reading = self.session.reading
        if reading is not None and lock == (reading.signature is None):
            if lock:
                self.session.sign(reading.reader, TIME)
            else:
                self.session.unsign()
            assert (self.session.to_undo, self.session.to_redo) == ("", "")

    # What a user does in the scene

    @precondition(lambda self: self.marks)
    @rule(which=ANY, to=POINTS)
    def move_markup(self, which: int, to: Any) -> None:
        mark = self.marks[which % len(self.marks)]
        markup = self.annotations.board.markup(mark.id)
        text, locked = self.session.node.GetText(), self.session.reading.signature is not None
        markup.SetNthControlPointPositionWorld(len(mark.points_ras_mm) - 1, *to)
        assert not locked or self.session.node.GetText() == text

    @precondition(lambda self: self.marks)
    @rule(which=ANY, batch=st.booleans())
    def delete_markup(self, which: int, batch: bool) -> None:
        import slicer

        scene = slicer.mrmlScene
        if batch:
            scene.StartState(scene.BatchProcessState)
        scene.RemoveNode(self.annotations.board.markup(self.marks[which % len(self.marks)].id))
        if batch:
            scene.EndState(scene.BatchProcessState)

    @precondition(lambda self: self.session.nodes)
    @rule(which=ANY)
    def follow(self, which: int) -> None:
        self.session.follow(self.session.offered[which % len(self.session.offered)])

    @precondition(lambda self: len(self.session.nodes) > 1)
    @rule(which=ANY)
    def delete_text_node(self, which: int) -> None:
        import slicer

        slicer.mrmlScene.RemoveNode(self.session.nodes[which % len(self.session.nodes)])

    @rule()
    def save_close_and_load(self) -> None:
        import slicer

        texts = sorted(node.GetText() for node in self.session.nodes)
        bundle = self.path / "case.mrb"
        assert slicer.util.saveScene(str(bundle))
        self.autosave.write()
        slicer.mrmlScene.Clear(0)
        assert self.session.node is None
        slicer.util.loadScene(str(bundle))
        assert sorted(node.GetText() for node in self.session.nodes) == texts

    @rule()
    def pause(self) -> None:
        """Let the autosave write: what it has for a reading is what the reading says."""
        self.autosave.write()
        for kept in self.autosave._kept.values():
            assert kept.file is None or kept.file.read_text(encoding="utf-8") == kept.written

    # What must be so at any time

    @invariant()
    def documents_can_be_read(self) -> None:
        for node in self.session.nodes if hasattr(self, "session") else ():
            reading = reading_from_text(node.GetText(), "document")
            assert reading.signature is None or is_intact(reading)
        assert not hasattr(self, "session") or self.session.error == ""

    @invariant()
    def the_scene_shows_the_marks_of_the_reading(self) -> None:
        import slicer
        from iENEGraderLib.scene.marks import MARK_ATTRIBUTE, READING_REFERENCE, points_of

        if not hasattr(self, "session"):
            return
        found: dict[str, Any] = {}
        for markup in slicer.util.getNodesByClass("vtkMRMLMarkupsNode"):
            owner = markup.GetNodeReference(READING_REFERENCE)
            assert owner in self.session.nodes
            if owner is self.session.node:
                assert markup.GetAttribute(MARK_ATTRIBUTE) not in found
                found[markup.GetAttribute(MARK_ATTRIBUTE)] = points_of(markup)
        assert found.keys() == {mark.id for mark in self.marks}
        for mark in self.marks:
            for point, expected in zip(found[mark.id], mark.points_ras_mm, strict=True):
                assert point == pytest.approx(expected, abs=1e-4)


def test_any_order_of_actions_keeps_document_scene_and_history_consistent(a_running_slicer: Any) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Reader, settings=settings(max_examples=30, stateful_step_count=15, deadline=None, suppress_health_check=checks)
    )
