"""What every stand-in of a CTK or Slicer class has in common: registration, checked names, stored properties."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6 import QtCore

from slicer_harness import pythonqt

if TYPE_CHECKING:
    from collections.abc import Callable

API_NAMES_FILE = Path(__file__).parent / "api_names.json"
_registry: dict[str, type] = {}
_PLAIN_TYPES: tuple[Any, ...] = (bool, int, float, str)


@dataclass(frozen=True)
class ApiNames:
    """Names that the real class shows to Python, read from its header by generate_api_names.py."""

    base: str
    properties: frozenset[str]
    methods: frozenset[str]
    signals: frozenset[str]
    enums: dict[str, list[str]]

    @property
    def all(self) -> set[str]:
        enumerators = {member for members in self.enums.values() for member in members}
        return set(self.properties | self.methods | self.signals) | enumerators | set(self.enums)


@functools.cache
def api_names() -> dict[str, ApiNames]:
    """Return the recorded names of all classes, by class name."""
    records = json.loads(API_NAMES_FILE.read_text(encoding="utf-8"))
    return {
        name: ApiNames(
            record["base"],
            frozenset(record["properties"]),
            frozenset(record["methods"]),
            frozenset(record["signals"]),
            record["enums"],
        )
        for name, record in records.items()
    }


def known_names(class_name: str) -> set[str]:
    """Return the recorded names of a class and of its recorded bases (Qt's own are not listed)."""
    names: set[str] = set()
    while class_name in api_names():
        names |= api_names()[class_name].all
        class_name = api_names()[class_name].base
    return names


pythonqt.known_in_slicer = known_names


def registered() -> dict[str, type]:
    """Return all stand-ins made so far, by class name."""
    return dict(_registry)


def stand_in(cls: type) -> type:
    """Register a stand-in, and give it the setter slots that the real class has for its properties."""
    setattr(cls, pythonqt.STAND_IN_MARK, True)
    _registry[cls.__name__] = cls
    setters = known_names(cls.__name__)
    for name, member in list(cls.__dict__.items()):
        setter = f"set{name[:1].upper()}{name[1:]}"
        if isinstance(member, QtCore.Property) and setter in setters and not hasattr(cls, setter):
            setattr(cls, setter, _setter_slot(name))
    return cls


def _setter_slot(name: str) -> Callable[[Any, Any], None]:
    def assign(self: Any, value: Any) -> None:
        setattr(self, name, value)

    return assign


def stored(
    name: str,
    kind: Any,
    default: Any,
    *,
    notify: str | None = None,
    applied: Callable[[Any, Any], None] | None = None,
) -> QtCore.Property:
    """Make a Qt property that remembers its value.

    Parameters
    ----------
    name : name of the property.
    kind : a Python type, or the name of a Qt type.
    default : value before it is set.
    notify : name of the signal emitted with a new value.
    applied : called with the object and a new value, to show it.
    """

    def read(self: Any) -> Any:
        return self.__dict__.get(f"_stored_{name}", default)

    def write(self: Any, value: Any) -> None:
        if kind in _PLAIN_TYPES:
            value = kind(value)
        elif kind == "QStringList":
            value = [value] if isinstance(value, str) else list(value)
        if value == read(self):
            return
        self.__dict__[f"_stored_{name}"] = value
        if applied is not None:
            applied(self, value)
        if notify is not None:
            getattr(self, notify).emit(value)

    return QtCore.Property(kind, read, write)


def forwarded(kind: Any, part: str, name: str) -> QtCore.Property:
    """Make a Qt property that is the property of an inner widget."""

    def read(self: Any) -> Any:
        return getattr(getattr(self, part), name)

    def write(self: Any, value: Any) -> None:
        setattr(getattr(self, part), name, value)

    return QtCore.Property(kind, read, write)
