"""How values are written to the text parameters of a vtkMRMLScriptedModuleNode, in Slicer's own form."""

from __future__ import annotations

import abc
import contextlib
import enum
import logging
import pathlib
from typing import TYPE_CHECKING, Any

import slicer.util

from slicer_harness.parameter_node_wrapper.annotations import splitAnnotations
from slicer_harness.parameter_node_wrapper.validators import IsInstance, NotNone, Validator, takeValidators

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PATH_TYPES = (
    pathlib.Path,
    pathlib.PosixPath,
    pathlib.WindowsPath,
    pathlib.PurePath,
    pathlib.PurePosixPath,
    pathlib.PureWindowsPath,
)


class Serializer(abc.ABC):
    """Reads and writes values of one type under a name in a parameter node."""

    @staticmethod
    @abc.abstractmethod
    def canSerialize(type_: Any) -> bool:
        """Tell whether instances of this class can be made for a type."""

    @staticmethod
    @abc.abstractmethod
    def create(type_: Any) -> Serializer | None:
        """Make a serializer for a type."""

    @abc.abstractmethod
    def default(self) -> Any:
        """Return the value of a parameter without a default of its own."""

    @abc.abstractmethod
    def isIn(self, parameterNode: Any, name: str) -> bool:
        """Tell whether a value is stored under a name."""

    @abc.abstractmethod
    def write(self, parameterNode: Any, name: str, value: Any) -> None:
        """Store a value under a name (or names made from it)."""

    @abc.abstractmethod
    def read(self, parameterNode: Any, name: str) -> Any:
        """Return the value stored under a name."""

    @abc.abstractmethod
    def remove(self, parameterNode: Any, name: str) -> None:
        """Remove all that is stored under a name."""

    @staticmethod
    def supportsCaching() -> bool:
        """Tell whether Slicer keeps a copy of the value (the harness always reads the node)."""
        return False


class ValidatedSerializer(Serializer):
    """A serializer that checks values before it writes them."""

    @staticmethod
    def canSerialize(type_: Any) -> bool:  # noqa: ARG004 - never chosen for a type
        return False

    @staticmethod
    def create(type_: Any) -> Serializer | None:
        raise TypeError(f"A ValidatedSerializer is made around another one, not for {type_}")

    def __init__(self, serializer: Serializer, validators: Iterable[Validator]) -> None:
        inner = serializer.validators if isinstance(serializer, ValidatedSerializer) else []
        self.serializer = serializer.serializer if isinstance(serializer, ValidatedSerializer) else serializer
        self.validators = [*inner, *validators]

    def validate(self, value: Any) -> None:
        for validator in self.validators:
            validator.validate(value)

    def default(self) -> Any:
        return self.serializer.default()

    def isIn(self, parameterNode: Any, name: str) -> bool:
        return self.serializer.isIn(parameterNode, name)

    def write(self, parameterNode: Any, name: str, value: Any) -> None:
        self.validate(value)
        self.serializer.write(parameterNode, name, value)

    def read(self, parameterNode: Any, name: str) -> Any:
        return self.serializer.read(parameterNode, name)

    def remove(self, parameterNode: Any, name: str) -> None:
        self.serializer.remove(parameterNode, name)

    def supportsCaching(self) -> bool:
        return self.serializer.supportsCaching()


_serializers: list[type[Serializer]] = []


def parameterNodeSerializer(classtype: type[Serializer]) -> Any:
    """Register a Serializer class, as a decorator."""
    if not issubclass(classtype, Serializer):
        raise TypeError(f"{classtype} must derive from Serializer")
    _serializers.append(classtype)
    return classtype


def createSerializer(type_: Any, annotations: Iterable[Any]) -> tuple[ValidatedSerializer, list[Any]]:
    """Make the serializer of a type; return it and the annotations that it did not use."""
    validators, others = takeValidators(annotations)
    given = [other for other in others if isinstance(other, Serializer)]
    if len(given) > 1:
        raise TypeError(f"More than one serializer given for {type_}")
    serializer = given[0] if given else _forType(type_)
    return ValidatedSerializer(serializer, validators), [other for other in others if other not in given]


def _forType(type_: Any) -> Serializer:
    for candidate in _serializers:
        if candidate.canSerialize(type_):
            made = candidate.create(type_)
            if made is not None:
                return made
    raise TypeError(f"Unable to create serializer for type: {type_}")


def serializerOfAnnotated(annotated_type: Any) -> ValidatedSerializer:
    """Make the serializer of a possibly annotated type, such as an element of a list."""
    serializer, unused = createSerializer(*splitAnnotations(annotated_type))
    if unused:
        logging.warning("Unused annotations: %s", unused)
    return serializer


@contextlib.contextmanager
def unchangedOnError(serializer: Serializer, parameterNode: Any, name: str) -> Iterator[None]:
    """Give one modified event for all writes inside, and the old value back if one of them fails."""
    with slicer.util.NodeModify(parameterNode):
        was_in = serializer.isIn(parameterNode, name)
        old = serializer.read(parameterNode, name) if was_in else None
        try:
            yield
        except Exception:
            serializer.remove(parameterNode, name)
            if was_in:
                serializer.write(parameterNode, name, old)
            raise


class TextSerializer(Serializer):
    """A value that is one text parameter."""

    def isIn(self, parameterNode: Any, name: str) -> bool:
        return bool(parameterNode.HasParameter(name))

    def write(self, parameterNode: Any, name: str, value: Any) -> None:
        parameterNode.SetParameter(name, self.encode(value))

    def read(self, parameterNode: Any, name: str) -> Any:
        return self.decode(parameterNode.GetParameter(name))

    def remove(self, parameterNode: Any, name: str) -> None:
        parameterNode.UnsetParameter(name)

    def encode(self, value: Any) -> str:
        return str(value)

    @abc.abstractmethod
    def decode(self, text: str) -> Any:
        """Return the value that a text stands for."""

    @staticmethod
    def supportsCaching() -> bool:
        return True


@parameterNodeSerializer
class NumberSerializer(TextSerializer):
    """int and float."""

    def __init__(self, type: Any) -> None:  # noqa: A002 - Slicer's name
        self.type = type

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return type_ in {int, float}

    @staticmethod
    def create(type_: Any) -> Serializer:
        allowed = (int, float) if type_ is float else int
        return ValidatedSerializer(NumberSerializer(type_), [NotNone(), IsInstance(allowed)])

    def default(self) -> Any:
        return self.type(0)

    def decode(self, text: str) -> Any:
        return self.type(text)


@parameterNodeSerializer
class StringSerializer(TextSerializer):
    """str."""

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return type_ is str

    @staticmethod
    def create(type_: Any) -> Serializer:
        return ValidatedSerializer(StringSerializer(), [NotNone(), IsInstance(type_)])

    def default(self) -> str:
        return ""

    def decode(self, text: str) -> str:
        return text


@parameterNodeSerializer
class BoolSerializer(TextSerializer):
    """bool."""

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return type_ is bool

    @staticmethod
    def create(type_: Any) -> Serializer:
        return ValidatedSerializer(BoolSerializer(), [NotNone(), IsInstance(type_)])

    def default(self) -> bool:
        return False

    def decode(self, text: str) -> bool:
        return text == "True"


@parameterNodeSerializer
class PathSerializer(TextSerializer):
    """The path classes of pathlib."""

    def __init__(self, pathtype: Any) -> None:
        self.type = pathtype

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return type_ in PATH_TYPES

    @staticmethod
    def create(type_: Any) -> Serializer:
        return ValidatedSerializer(PathSerializer(type_), [NotNone(), IsInstance(type_)])

    def default(self) -> Any:
        return self.type()

    def decode(self, text: str) -> Any:
        return self.type(text)


@parameterNodeSerializer
class EnumSerializer(TextSerializer):
    """An enumeration, by the names of its members."""

    def __init__(self, enum_: type[enum.Enum]) -> None:
        if not len(enum_):
            raise ValueError(f"{enum_} has no members")
        self.enum = enum_

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return isinstance(type_, type) and issubclass(type_, enum.Enum)

    @staticmethod
    def create(type_: Any) -> Serializer:
        return ValidatedSerializer(EnumSerializer(type_), [NotNone(), IsInstance(type_)])

    def default(self) -> enum.Enum:
        return next(iter(self.enum))

    def encode(self, value: enum.Enum) -> str:
        return value.name

    def decode(self, text: str) -> enum.Enum:
        if text not in self.enum.__members__:
            raise ValueError(f"Found {text!r} in the parameter node, which is not a name in {self.enum!r}")
        return self.enum[text]
