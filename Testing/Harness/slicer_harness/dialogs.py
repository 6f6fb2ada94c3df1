"""Dialogs that nobody sits in front of: messages are recorded, questions get prepared answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import slicer.util
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMessageBox

if TYPE_CHECKING:
    from collections.abc import Callable

# Static functions that open a dialog and wait.
ASKING: tuple[tuple[type, tuple[str, ...]], ...] = (
    (
        QFileDialog,
        ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"),
    ),
    (QInputDialog, ("getText", "getItem", "getInt", "getDouble", "getMultiLineText")),
    (QMessageBox, ("question", "information", "warning", "critical", "about")),
)


@dataclass(frozen=True)
class Message:
    """A message that a user would have seen.

    Attributes
    ----------
    kind : "information", "warning", "critical", "question" or "delay".
    text : the text of the message.
    title : the title of its window.
    details : text behind the button "Show details".
    """

    kind: str
    text: str
    title: str = ""
    details: str = ""


@dataclass
class Dialogs:
    """What was said to the user and what the user will answer."""

    messages: list[Message] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    def next_answer(self, question: str) -> Any:
        """Return the next prepared answer; without one nobody could go on."""
        if not self.answers:
            raise RuntimeError(f"{question} waits for a user: prepare an answer with app.answerNext(...)")
        return self.answers.pop(0)

    def message_box(self, text: str, parent: Any = None, **options: Any) -> Any:  # noqa: ARG002
        """Record a message in the place of ``slicer.util.messageBox``; press OK unless an answer is prepared."""
        icon = options.get("icon", QMessageBox.Icon.Information)
        title, details = str(options.get("windowTitle") or ""), str(options.get("detailedText") or "")
        buttons = options.get("standardButtons", QMessageBox.StandardButton.Ok)
        self.messages.append(Message(icon.name.lower(), text, title, details))
        yes_no = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No
        is_question = buttons not in {QMessageBox.StandardButton.Ok, QMessageBox.StandardButton.NoButton}
        first = QMessageBox.StandardButton.Yes if buttons == yes_no else QMessageBox.StandardButton.Ok
        if not (is_question and self.answers):
            return first
        answer = self.answers.pop(0)
        refusal = QMessageBox.StandardButton.No if buttons == yes_no else QMessageBox.StandardButton.Cancel
        return {True: first, False: refusal}.get(answer, answer)

    def delay_display(self, message: str, autoCloseMsec: int = 1000, parent: Any = None, **_options: Any) -> None:  # noqa: ARG002
        """Record a message that would close itself."""
        self.messages.append(Message("delay", message))
        slicer.app.processEvents()

    def install(self) -> None:
        """Put these functions in the place of those that wait."""
        slicer.util.messageBox = self.message_box
        slicer.util.delayDisplay = self.delay_display
        slicer.util.pip_install = _refuse_to_install
        slicer.util.pip_uninstall = _refuse_to_install
        for cls, names in ASKING:
            for name in names:
                setattr(cls, name, staticmethod(self._asking(f"{cls.__name__}.{name}")))
        QDialog.exec = QDialog.exec_ = self._exec()

    def _asking(self, question: str) -> Callable[..., Any]:
        return lambda *_arguments, **_options: self.next_answer(question)

    def _exec(self) -> Callable[[QDialog], Any]:
        def run(dialog: QDialog) -> Any:
            return self.next_answer(f"{type(dialog).__name__} '{dialog.windowTitle}'")

        return run


def _refuse_to_install(requirements: Any) -> None:
    raise RuntimeError(f"the harness does not install packages, asked for {requirements!r}")
