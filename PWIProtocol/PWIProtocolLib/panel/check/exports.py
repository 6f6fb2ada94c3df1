"""A check and its entries as files: asked for, and written whole or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import qt
import slicer
from HeadNeckNodesLib.files import write_text_atomically
from slicer.i18n import tr as _

from PWIProtocolLib.protocol.answers import read_answers, write_answers
from PWIProtocolLib.protocol.check_json import to_json
from PWIProtocolLib.report.check_page import check_html

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.answers import Answers
    from PWIProtocolLib.protocol.checker import ProtocolCheck

STEM = "protocol-check"
JSON = "JSON (*.json)"


def save_html(parent: qt.QWidget, check: ProtocolCheck) -> str:
    """Ask for a file and write the report; return its path, empty when the user did not want to."""
    path = _asked(parent, _("Save report"), f"{STEM}.html", "HTML (*.html)")
    if path:
        write_text_atomically(path, check_html(check, _software()))
    return path


def save_json(parent: qt.QWidget, check: ProtocolCheck) -> str:
    """Ask for a file and write the check for other programs; return its path, empty when the user did not want to."""
    path = _asked(parent, _("Save check"), f"{STEM}.json", JSON)
    if path:
        document = to_json(check) | {"software": _software()}
        write_text_atomically(path, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def save_entries(parent: qt.QWidget, check: ProtocolCheck) -> str:
    """Ask for a file and write what was entered; return its path, empty when the user did not want to."""
    path = _asked(parent, _("Save entries"), "answers.json", JSON)
    if path:
        write_answers(path, check.answers)
    return path


def asked_entries(parent: qt.QWidget) -> Answers | None:
    """Ask for a file of entries and read it; None when the user did not want to, InputError when it is not one."""
    path = _path_of(qt.QFileDialog.getOpenFileName(parent, _("Load entries"), "", JSON))
    return read_answers(path) if path else None


def _software() -> str:
    return f"PWI Protocol in 3D Slicer {slicer.app.applicationVersion}"


def _asked(parent: qt.QWidget, title: str, name: str, kind: str) -> str:
    return _path_of(qt.QFileDialog.getSaveFileName(parent, title, name, kind))


def _path_of(answer: object) -> str:
    """Return the path of a file dialog; bindings answer with a path, or with a path and a filter."""
    return str(answer[0]) if isinstance(answer, tuple) else str(answer or "")
