"""Give PySide6 objects the manners of PythonQt, the binding inside 3D Slicer.

In PythonQt a Qt property is a value (``label.text``, not ``label.text()``), ``connect`` takes a signal
signature, children can be reached by object name, and an unknown attribute cannot be set on an object
that C++ made. Attribute access of every wrapped class is replaced, instead of deriving new classes, so
that objects made by Qt itself (by a .ui loader, by a layout) behave the same.
"""

from __future__ import annotations

import contextlib
import enum
import functools
import inspect
import os
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6 import QtCore, QtGui, QtNetwork, QtSvg, QtUiTools, QtWidgets, QtXml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QT_MODULES = (QtCore, QtGui, QtWidgets, QtNetwork, QtSvg, QtXml, QtUiTools)
QObject = QtCore.QObject
STAND_IN_MARK = "_harness_stand_in"

_plain_get = QObject.__getattribute__
# Classes with overloads that are both static and not (QFile.exists) bring their own look-up; it must be kept.
_own_get: dict[type, Callable[[Any, str], Any]] = {}
_loads_ui: list[bool] = []


@dataclass(frozen=True)
class PropertyAccess:
    """How one Qt property of one class is read and written."""

    read: Callable[[Any], Any]
    write: Callable[[Any, Any], None] | None


@functools.cache
def _raw_get_of(cls: type) -> Callable[[Any, str], Any]:
    return next((_own_get[base] for base in cls.__mro__ if base in _own_get), _plain_get)


def _is_bound_class(cls: type) -> bool:
    return cls.__module__.startswith(("PySide6", "Shiboken"))


def is_stand_in(cls: type) -> bool:
    """Tell whether a class takes the place of a C++ class of CTK or Slicer."""
    return STAND_IN_MARK in cls.__dict__


@functools.cache
def python_attribute(cls: type, name: str) -> Any:
    """Return what a Python class defines under a name, or None when Qt defines it (or nobody)."""
    for base in cls.__mro__:
        if name in base.__dict__:
            return None if _is_bound_class(base) else base.__dict__[name]
    return None


def _method(cls: type, name: str) -> Callable[..., Any] | None:
    for base in cls.__mro__:
        found = base.__dict__.get(name)
        if found is not None:
            return found if callable(found) and not isinstance(found, QtCore.Property) else None
    return None


@functools.cache
def qt_properties(cls: type) -> dict[str, PropertyAccess]:
    """Return access to every Qt property of a class, by name."""
    meta = cls.staticMetaObject
    return {
        meta.property(index).name(): _property_access(cls, meta.property(index))
        for index in range(meta.propertyCount())
    }


def _property_access(cls: type, prop: QtCore.QMetaProperty) -> PropertyAccess:
    # Through the getter where there is one: QObject.property cannot convert enumerations.
    name = prop.name()
    capital = name[0].upper() + name[1:]
    getters = (_method(cls, candidate) for candidate in (name, f"is{capital}", f"has{capital}"))
    read = next((getter for getter in getters if getter), None) or (lambda obj: QObject.property(obj, name))
    if not prop.isWritable():
        return PropertyAccess(read, None)
    setter = _method(cls, f"set{capital}")

    def write(obj: Any, value: Any) -> None:
        if setter is not None:
            try:
                setter(obj, value)
            except TypeError:
                pass
            else:
                return
        if not QObject.setProperty(obj, name, value):
            raise AttributeError(f"Property '{name}' of {cls.__name__} does not accept {value!r}")

    return PropertyAccess(read, write)


def _value(raw: Any) -> Any:
    return tuple(raw) if isinstance(raw, list) else raw


def _get(self: Any, name: str) -> Any:
    cls = type(self)
    if name.startswith("__"):
        return _raw_get_of(cls)(self, name)
    if name in _EXTRA_METHODS:
        return types.MethodType(_EXTRA_METHODS[name], self)
    if name == "name":
        name = "objectName"
    python_defined = python_attribute(cls, name)
    if isinstance(python_defined, QtCore.Property):
        return _value(python_defined.fget(self))
    if python_defined is None and name not in self.__dict__:
        access = qt_properties(cls).get(name)
        if access is not None:
            return _value(access.read(self))
    try:
        return _raw_get_of(cls)(self, name)
    except AttributeError:
        return _get_by_other_ways(self, name)


def known_in_slicer(_class_name: str) -> set[str]:
    """Return recorded names of a class in Slicer; replaced when the record is at hand."""
    return set()


def _get_by_other_ways(self: Any, name: str) -> Any:
    cls = type(self)
    if name.endswith("_") and hasattr(cls, name[:-1]):  # exec_ and the like
        return _raw_get_of(cls)(self, name[:-1])
    if hasattr(cls, name):  # enumerators of the class
        return getattr(cls, name)
    dynamic = QObject.property(self, name)
    if dynamic is not None:
        return _value(dynamic)
    for child in QObject.children(self):
        if QObject.objectName(child) == name:
            return child
    if name in known_in_slicer(cls.__name__):
        raise AttributeError(f"{cls.__name__}.{name} is in Slicer, but the harness does not model it")
    raise AttributeError(f"{cls.__name__} has no attribute named '{name}'")


@contextlib.contextmanager
def loading_ui() -> Iterator[None]:
    """Let the .ui loader do what a panel may not: set children as attributes (which is ignored)."""
    _loads_ui.append(True)
    try:
        yield
    finally:
        _loads_ui.pop()


def _set(self: Any, name: str, value: Any) -> None:
    if name == "name":
        name = "objectName"
    if name.startswith("__") or isinstance(value, QtCore.SignalInstance):  # PySide6 keeps notes in the object
        self.__dict__[name] = value
    elif not _set_known(self, name, value):
        if _loads_ui and name == getattr(value, "objectName", None):
            return  # PySide6's loader names the children of what it loads; PythonQt finds them by name anyway
        _check_may_add(type(self), name)
        self.__dict__[name] = value


def _set_known(self: Any, name: str, value: Any) -> bool:
    cls = type(self)
    python_defined = python_attribute(cls, name)
    if python_defined is not None:
        if isinstance(python_defined, QtCore.Property):
            if python_defined.fset is None:
                raise AttributeError(f"Property '{name}' of {cls.__name__} object is not writable")
            python_defined.fset(self, value)
            return True
        if hasattr(python_defined, "__set__"):
            python_defined.__set__(self, value)
            return True
        return False
    access = qt_properties(cls).get(name)
    if access is not None:
        if access.write is None:
            raise AttributeError(f"Property '{name}' of {cls.__name__} object is not writable")
        access.write(self, value)
        return True
    if name not in self.__dict__ and QObject.dynamicPropertyNames(self) and QObject.property(self, name) is not None:
        QObject.setProperty(self, name, value)
        return True
    return False


def _check_may_add(cls: type, name: str) -> None:
    """Refuse an attribute that the C++ object in Slicer would refuse.

    Classes of panels may have any attribute. A stand-in may fill only the private fields that it declares.
    """
    if is_stand_in(cls):
        if name.startswith("_") and hasattr(cls, name):
            return
    elif not _is_bound_class(cls):
        return
    raise AttributeError(f"Attribute '{name}' does not exist and cannot be set on {cls.__name__}")


def signal_of(obj: Any, signature: str) -> Any:
    """Return the signal (or the overload of it) that a signature such as ``valueChanged(int)`` names.

    Raises
    ------
    ValueError
        If the object has no such signal.
    """
    name, _, arguments = signature.strip().partition("(")
    try:
        signal = _raw_get_of(type(obj))(obj, name)
    except AttributeError:
        signal = None
    if not hasattr(signal, "emit"):
        raise ValueError(f"{type(obj).__name__} has no signal '{signature}'")
    plain = arguments.rstrip(")").replace("const", "").replace("&", "").strip()
    if plain and "*" not in plain and "," not in plain:
        try:
            return signal[plain]
        except (KeyError, IndexError, TypeError):
            return signal
    return signal


def _receiver(target: Any, slot: str | None) -> Any:
    return target if slot is None else getattr(target, slot.split("(")[0])


def _connect(self: Any, signature: str, target: Any, slot: str | None = None) -> bool:
    signal_of(self, signature).connect(_receiver(target, slot))
    return True


def _disconnect(self: Any, signature: str, target: Any = None, slot: str | None = None) -> bool:
    signal = signal_of(self, signature)
    try:
        if target is None:
            signal.disconnect()
        else:
            signal.disconnect(_receiver(target, slot))
    except (RuntimeError, TypeError):
        return False
    return True


def _delete(self: Any) -> None:
    QObject.deleteLater(self)


def _class_name(self: Any) -> str:
    return type(self).__name__


def _set_property(self: Any, name: str, value: Any) -> bool:
    if name in qt_properties(type(self)) or isinstance(python_attribute(type(self), name), QtCore.Property):
        setattr(self, name, value)
        return True
    return QObject.setProperty(self, name, value)


_EXTRA_METHODS: dict[str, Callable[..., Any]] = {
    "connect": _connect,
    "disconnect": _disconnect,
    "delete": _delete,
    "className": _class_name,
    "setProperty": _set_property,
}


def _classes() -> Iterator[type]:
    for module in QT_MODULES:
        for name in dir(module):
            member = getattr(module, name)
            if inspect.isclass(member):
                yield member


def _make_integer_like(enumeration: type[enum.Enum]) -> None:
    def equal(self: enum.Enum, other: object) -> bool:
        if isinstance(other, enum.Enum):
            return type(self) is type(other) and self.value == other.value
        return bool(self.value == other)

    enumeration.__int__ = enumeration.__index__ = lambda self: self.value
    enumeration.__eq__ = equal
    enumeration.__hash__ = lambda self: hash(self.value)


def _patch_color_name() -> None:
    original = QtGui.QColor.name

    def name(self: QtGui.QColor, *arguments: Any) -> str:
        return original(self, *(QtGui.QColor.NameFormat(argument) for argument in arguments))

    QtGui.QColor.name = name


@functools.cache
def install() -> None:
    """Patch PySide6, once per process."""
    for cls in set(_classes()):
        if issubclass(cls, QObject):
            if cls is not QObject and "__getattribute__" in cls.__dict__:
                _own_get[cls] = cls.__dict__["__getattribute__"]
            # Shiboken types do not inherit __setattr__, therefore on each class.
            cls.__getattribute__ = _get
            cls.__setattr__ = _set
        for member in (cls, *(getattr(cls, name) for name in dir(cls) if name[:1].isupper())):
            if inspect.isclass(member) and issubclass(member, enum.Enum) and not issubclass(member, int):
                _make_integer_like(member)
    _patch_color_name()
