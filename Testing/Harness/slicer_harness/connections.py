"""Connections to the application's signals, and which module they belong to."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject


@dataclass(frozen=True)
class _Connection:
    signal: str
    target: Any
    slot: str | None
    file: Path | None


class Connections:
    """What scripted code connected to the signals of an object that outlives its module.

    Parameters
    ----------
    sender : the object with the signals.
    """

    def __init__(self, sender: QObject) -> None:
        self._sender: Any = sender
        self._made: list[_Connection] = []

    def connect(self, signal: str, target: Callable[..., Any], slot: str | None = None) -> bool:
        """Connect, in one of the ways of PythonQt, and remember whose code is called."""
        self._sender.connect(signal, target, slot)
        self._made.append(_Connection(_name(signal), target, slot, _file_of(target)))
        return True

    def disconnect(self, signal: str, target: Callable[..., Any] | None = None, slot: str | None = None) -> bool:
        """Disconnect one receiver, or all of a signal; tell whether there was one."""
        gone = [
            made
            for made in self._made
            if made.signal == _name(signal) and (target is None or (made.target, made.slot) == (target, slot))
        ]
        for made in gone:
            self._made.remove(made)
            self._sender.disconnect(made.signal, made.target, made.slot)
        return bool(gone)

    def disconnect_module(self, entry_file: Path) -> None:
        """Disconnect code of a module: of its entry file and of packages beside that."""
        for made in list(self._made):
            if _lies_in_module(made.file, entry_file):
                self.disconnect(made.signal, made.target, made.slot)


def comes_from_module(target: Any, entry_file: Path) -> bool:
    """Tell whether a callable is code of a module: of its entry file or of packages beside that."""
    return _lies_in_module(_file_of(target), entry_file)


def _lies_in_module(file: Path | None, entry_file: Path) -> bool:
    return file == entry_file or (file is not None and entry_file.parent in file.parent.parents)


def _name(signal: str) -> str:
    return signal.partition("(")[0].strip()


def _file_of(target: Any) -> Path | None:
    """File that the code of a receiver was loaded from; None when that is not Python's."""
    while isinstance(target, functools.partial):
        target = target.func
    owner = getattr(target, "__self__", None)
    if owner is not None:  # a method may be inherited: it belongs where the class of its object does
        target = owner if isinstance(owner, type) else type(owner)
    file = getattr(sys.modules.get(getattr(target, "__module__", None) or ""), "__file__", None)
    return Path(file).resolve() if file else None
