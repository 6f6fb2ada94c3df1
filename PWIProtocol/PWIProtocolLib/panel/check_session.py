"""The protocol check that the panel shows: followed in its text node, which is the only place where it is kept."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import slicer
import vtk
from HeadNeckNodesLib.errors import InputError
from slicer.util import VTKObservationMixin

from PWIProtocolLib.protocol.answers import Answers
from PWIProtocolLib.scene.check_node import check_nodes, keep_check, read_check, rules_of, source_of
from PWIProtocolLib.scene.study_source import source_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PWIProtocolLib.panel.protocol_service import ProtocolService
    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.study import Study
    from PWIProtocolLib.scene.study_source import StudySource

    Progress = Callable[[int, int], bool]


class CheckSession(VTKObservationMixin):
    """Follows one check of the scene, checks studies, and tells its listeners whenever there is something new to show.

    Parameters
    ----------
    logic : reads and checks studies.
    on_closed : called when the scene is closed.
    """

    def __init__(self, logic: ProtocolService, on_closed: Callable[[], None]) -> None:
        super().__init__()
        self._logic = logic
        self._listeners: list[Callable[[], None]] = []
        self._node: Any = None
        self._text = ""
        self._check: ProtocolCheck | None = None
        self._read: tuple[str, Study] | None = None
        self._is_at_work = False
        self.error = ""
        scene = slicer.mrmlScene
        for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent, scene.EndBatchProcessEvent):
            self.addObserver(scene, event, self._follow_any)
        self.addObserver(scene, scene.StartCloseEvent, lambda *_: on_closed())
        self._follow_any()

    @property
    def node(self) -> Any:
        """The text node that is followed (vtkMRMLTextNode); None when the scene has no check."""
        return self._node

    @property
    def nodes(self) -> list[Any]:
        """All checks of the scene."""
        return [node for node in check_nodes() if node.GetText()]

    @property
    def check(self) -> ProtocolCheck | None:
        """The check; None when there is none, or its text cannot be read (see `error`)."""
        return self._check

    @property
    def answers(self) -> Answers:
        """What was entered for the study."""
        return Answers() if self._check is None else self._check.answers

    @property
    def source(self) -> StudySource | None:
        """Where the files of the study are, or were."""
        return None if self._node is None else source_from(source_of(self._node))

    def listen(self, listener: Callable[[], None]) -> None:
        """Call a function whenever there is something new to show."""
        self._listeners.append(listener)

    def follow(self, node: Any) -> None:
        """Show another check, or none."""
        if self._node is not None:
            self.removeObserver(self._node, vtk.vtkCommand.ModifiedEvent, self._follow_any)
        self._node = node
        if node is not None:
            self.addObserver(node, vtk.vtkCommand.ModifiedEvent, self._follow_any)
        self._look()

    def check_source(self, source: StudySource, rules: str, progress: Progress) -> None:
        """Read and check a study; what was entered for it before stays. The scene changes when all has succeeded.

        Parameters
        ----------
        rules : file with the rules of a site; empty for those of the expert panel alone.

        Raises
        ------
        SeveralStudiesError
            When the folder holds several and none is chosen.
        InputError
            When there is no study, or the rules cannot be used.
        ReadingCancelledError
            When `progress` returned False.
        """
        study = self._read_anew(source, progress)
        known = next((node for node in self.nodes if source_of(node) == str(source)), None)
        answers = self.answers if known is self._node else Answers() if known is None else _answers_in(known)
        self._keep(study, source, rules, answers, progress)

    def change(self, answers: Answers, progress: Progress) -> None:
        """Check the study that is shown anew, with other entries.

        Raises
        ------
        InputError
            When its files are not where they were, or an entry cannot be used.
        ReadingCancelledError
            When `progress` returned False.
        """
        source = self.source
        if source is None:
            raise InputError("it is not known where the files of this study are; choose the study and press Check")
        self._keep(self._study(source, progress), source, rules_of(self._node), answers, progress)

    def paths_of(self, source: StudySource) -> tuple[Path, ...]:
        """Return the folder or files of one study and of no other; headers are read where a folder holds several."""
        if not source.study:
            return source.paths()
        study = self._study(source, lambda _done, _all: True)
        self._read = (str(source), study)
        return study.files

    def close(self) -> None:
        """Stop observing the scene."""
        self.removeObservers()
        self._listeners.clear()

    def _study(self, source: StudySource, progress: Progress) -> Study:
        if self._read is not None and self._read[0] == str(source):
            return self._read[1]
        return self._read_anew(source, progress)

    def _read_anew(self, source: StudySource, progress: Progress) -> Study:
        return self._logic.readStudy(source.paths(), source.label, progress, source.study)

    def _keep(self, study: Study, source: StudySource, rules: str, answers: Answers, progress: Progress) -> None:
        check = self._logic.checkStudy(study, answers, rules, progress)
        self._read = (str(source), study)
        with self._working():
            node = keep_check(check, str(source), rules)
        self.follow(node)

    @contextmanager
    def _working(self) -> Iterator[None]:
        self._is_at_work = True
        try:
            yield
        finally:
            self._is_at_work = False

    def _follow_any(self, *_: object) -> None:
        """Keep the node while it is in the scene; else take the last one there is. Not during a batch, but after it."""
        if self._is_at_work or slicer.mrmlScene.IsBatchProcessing():
            return
        nodes = self.nodes
        if self._node not in nodes:
            self.follow(nodes[-1] if nodes else None)
        elif self._node.GetText() != self._text:
            self._look()

    def _look(self) -> None:
        self._text = "" if self._node is None else self._node.GetText() or ""
        self._check, self.error = None, ""
        if self._node is not None:
            try:
                self._check = read_check(self._node)
            except InputError as error:
                self.error = str(error)
        for listener in list(self._listeners):
            listener()


def _answers_in(node: Any) -> Answers:
    try:
        return read_check(node).answers
    except InputError:  # its text was damaged: the check that is made now takes its place
        return Answers()
