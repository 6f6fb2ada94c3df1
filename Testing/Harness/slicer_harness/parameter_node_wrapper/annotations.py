"""Annotations of parameters, and how a possibly annotated type is taken apart."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import slicer

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Found = TypeVar("Found")


class Default:
    """The value of a parameter before it is set; a generator is asked each time.

    Parameters
    ----------
    value : the default itself.
    generator : called without arguments when a default is needed, instead of `value`.
    """

    def __init__(self, value: Any = None, *, generator: Callable[[], Any] | None = None) -> None:
        self._value, self._generator = value, generator

    @property
    def value(self) -> Any:
        return self._generator() if self._generator else self._value

    def __repr__(self) -> str:
        return f"Default({self._generator or self._value!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Default) and vars(self) == vars(other)

    __hash__ = None


@dataclass
class Label:
    """Text beside a generated widget."""

    label: str


@dataclass
class Decimals:
    """Number of decimals that a widget shows."""

    value: int


@dataclass
class SingleStep:
    """Step of a spin box or slider."""

    value: float


def splitAnnotations(annotated_type: Any) -> tuple[Any, tuple[Any, ...]]:
    """Separate a type from its annotations."""
    if typing.get_origin(annotated_type) is Annotated:
        plain, *annotations = typing.get_args(annotated_type)
        return plain, tuple(annotations)
    return annotated_type, ()


def unannotatedType(annotated_type: Any) -> Any:
    """Return a type without its annotations."""
    return splitAnnotations(annotated_type)[0]


def findFirstAnnotation(annotations: Iterable[Any], kind: type[Found]) -> Found | None:
    """Return the first annotation of a kind, None if there is none."""
    return next((annotation for annotation in annotations if isinstance(annotation, kind)), None)


def takeDefault(annotations: Iterable[Any]) -> tuple[Default | None, list[Any]]:
    """Separate the Default annotation from the others."""
    annotations = list(annotations)
    default = findFirstAnnotation(annotations, Default)
    return default, [annotation for annotation in annotations if not isinstance(annotation, Default)]


def splitPossiblyDottedName(name: str) -> tuple[str, str | None]:
    """Separate ``a.b.c`` into ``a`` and ``b.c`` (None when there is no dot)."""
    top, dot, rest = name.partition(".")
    return top, rest if dot else None


def isUnion(plain_type: Any) -> bool:
    """Tell whether a type is ``A | B`` or ``Union[A, B]``."""
    return typing.get_origin(plain_type) in {typing.Union, types.UnionType}


def isNodeType(plain_type: Any) -> bool:
    """Tell whether a type is a MRML node class."""
    return isinstance(plain_type, type) and issubclass(plain_type, slicer.vtkMRMLNode)


def _members(datatype: Any) -> list[Any]:
    plain = unannotatedType(datatype)
    return [unannotatedType(part) for part in typing.get_args(plain)] if isUnion(plain) else [plain]


def isNodeOrUnionOfNodes(datatype: Any) -> bool:
    """Tell whether only MRML nodes (and None) can be values of a type."""
    members = [member for member in _members(datatype) if member is not type(None)]
    return bool(members) and all(isNodeType(member) for member in members)


def getNodeTypes(datatype: Any) -> tuple[str, ...]:
    """Return the class names of the nodes that a type allows."""
    if not isNodeOrUnionOfNodes(datatype):
        raise TypeError(f"{datatype} is not a node type")
    return tuple(member.__name__ for member in _members(datatype) if isNodeType(member))
