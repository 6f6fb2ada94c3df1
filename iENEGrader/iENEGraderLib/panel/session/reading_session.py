"""The reading that the panel shows: followed in its text node, changed only through one command stack."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import slicer
import vtk
from HeadNeckNodesLib.errors import InputError
from slicer.util import VTKObservationMixin

from iENEGraderLib.panel.session.automatic_names import name_is_automatic, node_name
from iENEGraderLib.panel.session.command_stack import Change, CommandStack
from iENEGraderLib.panel.session.locking import broken_signature, refuse_when_locked
from iENEGraderLib.panel.session.readings_in_scene import is_read_by, reading_label, reading_of, side_by_side
from iENEGraderLib.reading import is_intact, reading_from_text, reading_to_text, signed, unsigned
from iENEGraderLib.scene.reading_node import create_reading_node, read_reading, reading_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iENEGraderLib.reading import Reading

CHANGED_ELSEWHERE = "change made outside the panel"


@dataclass(frozen=True)
class _Seen:
    """What listeners were last told of: they hear of something new only when this differs."""

    node: Any
    text: str
    blinded: bool
    readings: tuple[tuple[str, str], ...]


class ReadingSession(VTKObservationMixin):
    """Follows one reading node of the scene and tells its listeners whenever there is something new to show.

    The text of the node is the only state. It is parsed anew at every look, so changes made elsewhere (another module,
    a script, a scene that was closed or opened) are followed like the panel's own. A text that is no valid reading is
    reported in `error`, and no edit touches it. Neither does an edit touch a signed reading.
    """

    def __init__(self) -> None:
        super().__init__()
        self._node: Any = None
        self._text = ""
        self._history = CommandStack()
        self._listeners: list[Callable[[], None]] = []
        self._seen = _Seen(None, "", False, ())
        self._at_work = False
        self._blinded = False
        self._reader: str | None = None
        self._watch_scene()
        self._follow_any()

    # What there is

    @property
    def node(self) -> Any:
        """The text node that is followed (vtkMRMLTextNode), None when the scene has no reading."""
        return self._node

    @property
    def nodes(self) -> list[Any]:
        """All reading nodes of the scene, without those that are just being made: they have no text yet."""
        return [node for node in reading_nodes() if node.GetText() or node is self._node]

    @property
    def offered(self) -> list[Any]:
        """Reading nodes to choose from, those of one case side by side; while blinded only those of the same reader."""
        nodes = self.nodes
        if self._blinded and self._reader is not None:
            nodes = [node for node in nodes if node is self._node or is_read_by(node, self._reader)]
        return side_by_side(nodes)

    @property
    def blinded(self) -> bool:
        """Whether what other readers did is hidden."""
        return self._blinded

    @blinded.setter
    def blinded(self, blinded: bool) -> None:
        self._blinded = blinded
        self._tell()

    @property
    def case_ids(self) -> frozenset[str]:
        """The cases of all readings of the scene that can be read."""
        return frozenset(reading.case_id for node in self.nodes if (reading := reading_of(node)) is not None)

    @property
    def reading(self) -> Reading | None:
        """The reading; None when there is none or it cannot be parsed (see `error`)."""
        return None if self._node is None else reading_of(self._node)

    @property
    def error(self) -> str:
        """Why the reading cannot be relied on: no valid document, or not what was signed. Empty when all is well."""
        try:
            return "" if self._node is None else broken_signature(read_reading(self._node))
        except InputError as error:
            return str(error)

    @property
    def to_undo(self) -> str:
        """Label of the change that `undo` takes back, empty when there is none."""
        return self._history.to_undo.label if self._history.to_undo else ""

    @property
    def to_redo(self) -> str:
        """Label of the change that `redo` makes again, empty when there is none."""
        return self._history.to_redo.label if self._history.to_redo else ""

    # What can be done

    def listen(self, listener: Callable[[], None]) -> None:
        """Call a function whenever there is something new to show."""
        self._listeners.append(listener)

    def start(self, reading: Reading) -> None:
        """Add a reading to the scene and follow it."""
        with self._working():
            node = create_reading_node(reading, self._free_name(reading.case_id))
        self.follow(node)

    def follow(self, node: Any) -> None:
        """Show another reading node, or None. The history begins anew."""
        if node is not self._node:
            self._history.clear()
        self._node = node
        self._text = "" if node is None else node.GetText() or ""
        self._tell()

    def change(self, label: str, edit: Callable[[Reading], Reading]) -> None:
        """Replace the reading by an edited one, as one step that can be undone.

        Parameters
        ----------
        label : what is done, for the undo button.
        edit : makes the new reading from the present one.

        Raises
        ------
        InputError
            When the reading is signed, or the edited one would not be a valid document; nothing is changed then.
        """
        reading = self.reading
        if reading is None:
            return
        refuse_when_locked(reading)
        text = reading_to_text(edit(reading))
        if text != reading_to_text(reading):
            reading_from_text(text, reading.case_id)
            self._history.push(Change(label, self._text, text))
            self._put(text)

    def sign(self, by: str, at: str) -> None:
        """Lock the reading; what was done before can no longer be undone.

        Parameters
        ----------
        by, at : pseudonym of the reader; date and time with time zone (ISO 8601).

        Raises
        ------
        InputError
            When nobody is named, or the reading is signed already.
        """
        if self.reading is not None:
            self._put(reading_to_text(signed(self.reading, by, at)))

    def unsign(self) -> None:
        """Take the signature back, so that the reading can be changed again. The history begins anew."""
        if self.reading is not None and self.reading.signature is not None:
            self._history.clear()
            self._put(reading_to_text(unsigned(self.reading)))

    def undo(self) -> None:
        """Take the last change back; InputError when the reading is signed."""
        self._refuse_when_signed()
        change = self._history.undo()
        if change:
            self._put(change.before)

    def redo(self) -> None:
        """Make the last undone change again; InputError when the reading is signed."""
        self._refuse_when_signed()
        change = self._history.redo()
        if change:
            self._put(change.after)

    def close(self) -> None:
        """Stop observing the scene."""
        self.removeObservers()
        self._listeners.clear()

    # Following

    def _put(self, text: str) -> None:
        before = self.reading
        self._text = text
        with self._working():
            self._node.SetText(text)
            self._rename(before)
        self._end_history_when_signed()
        self._tell()

    def _refuse_when_signed(self) -> None:
        """A change that broke the signature may be undone: that makes the document what was signed."""
        if self.reading is not None and is_intact(self.reading):
            refuse_when_locked(self.reading)

    def _end_history_when_signed(self) -> None:
        if self.reading is not None and is_intact(self.reading):
            self._history.clear()

    def _rename(self, before: Reading | None) -> None:
        """Let the name of the node follow the case, unless somebody gave it another one."""
        now = self.reading
        if before is None or now is None or before.case_id == now.case_id:
            return
        if name_is_automatic(self._node.GetName(), before.case_id):
            self._node.SetName(self._free_name(now.case_id))

    def _free_name(self, case_id: str) -> str:
        return node_name(case_id, {node.GetName() for node in self.nodes})

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Have the scene's events on the session's own doing unheard: it tells of that itself, once and at the end."""
        self._at_work = True
        try:
            yield
        finally:
            self._at_work = False

    def _tell(self) -> None:
        reading = self.reading
        if reading is not None:
            self._reader = reading.reader
        readings = tuple((node.GetID(), reading_label(node)) for node in self.nodes)
        seen = _Seen(self._node, self._text, self._blinded, readings)
        if seen != self._seen:
            self._seen = seen
            for listener in list(self._listeners):
                listener()

    def _watch_scene(self) -> None:
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.NodeAddedEvent, self._on_added)
        self.addObserver(scene, scene.NodeRemovedEvent, self._on_removed)
        # Closing, importing and restoring a scene are batches, too.
        self.addObserver(scene, scene.EndBatchProcessEvent, self._follow_any)
        for node in slicer.util.getNodesByClass("vtkMRMLTextNode"):
            self._watch_text(node)

    def _watch_text(self, node: Any) -> None:
        # Any change: a text node becomes a reading only when its attribute is set, after it was added.
        self.addObserver(node, vtk.vtkCommand.ModifiedEvent, self._follow_any)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_added(self, _scene: Any, _event: str, node: Any) -> None:
        if node.IsA("vtkMRMLTextNode"):
            self._watch_text(node)
            self._follow_any()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_removed(self, _scene: Any, _event: str, node: Any) -> None:
        if node.IsA("vtkMRMLTextNode"):
            self.removeObserver(node, vtk.vtkCommand.ModifiedEvent, self._follow_any)
            self._follow_any()

    def _follow_any(self, *_: object) -> None:
        """Keep the node while it is in the scene, and its text with it; else take the first one offered, if any.

        Not during a batch, at whose end the scene is looked at again.
        """
        if self._at_work or slicer.mrmlScene.IsBatchProcessing():
            return
        if self._node not in self.nodes:
            self.follow(next(iter(self.offered), None))
            return
        text = self._node.GetText() or ""
        if text != self._text:
            self._history.push(Change(CHANGED_ELSEWHERE, self._text, text))
            self._text = text
            self._end_history_when_signed()
        self._tell()
