"""Lists, tuples, dictionaries and values of any type in a parameter node.

A list or dictionary that is read writes itself back whenever it is changed.
"""

from __future__ import annotations

import collections.abc
import importlib
import typing
from typing import Any

import slicer.util

from slicer_harness.parameter_node_wrapper.serializers import (
    NumberSerializer,
    Serializer,
    StringSerializer,
    parameterNodeSerializer,
    serializerOfAnnotated,
    unchangedOnError,
)

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _Observed:
    """A container that remembers where it is stored."""

    def __init__(self, parameterNode: Any, serializer: Serializer, name: str, content: Any) -> None:
        self._place = (parameterNode, name)
        self._serializer = serializer
        self._content = content

    def _edit(self, change: Callable[[Any], Any]) -> Any:
        """Change a copy, store it, then take over what was stored: a refused change leaves no trace."""
        draft = self._content.copy()
        result = change(draft)
        self._serializer.write(*self._place, draft)
        self._content = self._serializer.read(*self._place)._content
        return result

    def __len__(self) -> int:
        return len(self._content)

    def __getitem__(self, key: Any) -> Any:
        return self._content[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._edit(lambda draft: draft.__setitem__(key, value))

    def __delitem__(self, key: Any) -> None:
        self._edit(lambda draft: draft.__delitem__(key))

    def __eq__(self, other: object) -> bool:
        return bool(self._content == (other._content if isinstance(other, _Observed) else other))

    __hash__ = None

    def clear(self) -> None:
        self._edit(lambda draft: draft.clear())

    def pop(self, *arguments: Any) -> Any:
        return self._edit(lambda draft: draft.pop(*arguments))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._content!r})"


class ObservedList(_Observed, collections.abc.MutableSequence):
    """A list in a parameter node. ``+`` and ``*`` are refused: their result would not be stored."""

    def insert(self, index: int, value: Any) -> None:
        self._edit(lambda draft: draft.insert(index, value))

    def extend(self, values: Any) -> None:
        self._edit(lambda draft: draft.extend(values))

    def sort(self, **options: Any) -> None:
        self._edit(lambda draft: draft.sort(**options))

    def reverse(self) -> None:
        self._edit(lambda draft: draft.reverse())

    def remove(self, value: Any) -> None:
        self._edit(lambda draft: draft.remove(value))

    def __iadd__(self, values: Any) -> ObservedList:
        self.extend(values)
        return self

    def __imul__(self, count: int) -> ObservedList:
        self._edit(lambda draft: draft.__imul__(count))
        return self

    def _refuse(self, _other: Any) -> Any:
        raise NotImplementedError("The result of + and * would not be stored; use += or *=")

    __add__ = __radd__ = __mul__ = __rmul__ = _refuse


class ObservedDict(_Observed, collections.abc.MutableMapping):
    """A dictionary in a parameter node."""

    def __iter__(self) -> Iterator[Any]:
        return iter(self._content)

    def popitem(self) -> tuple[Any, Any]:
        return self._edit(lambda draft: draft.popitem())


@parameterNodeSerializer
class ListSerializer(Serializer):
    """list: ``name.len`` and ``name.0``, ``name.1``, ..."""

    def __init__(self, elementTypeSerializer: Serializer) -> None:
        self._element = elementTypeSerializer
        self._length = NumberSerializer(int)

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return type_ in {list, ObservedList} or typing.get_origin(type_) is list

    @staticmethod
    def create(type_: Any) -> Serializer:
        (element,) = typing.get_args(type_) or (Any,)
        return ListSerializer(serializerOfAnnotated(element))

    def default(self) -> list[Any]:
        return []

    def _count(self, parameterNode: Any, name: str) -> int:
        stored = self.isIn(parameterNode, name)
        return self._length.read(parameterNode, f"{name}.len") if stored else 0

    def isIn(self, parameterNode: Any, name: str) -> bool:
        return self._length.isIn(parameterNode, f"{name}.len")

    def write(self, parameterNode: Any, name: str, values: Any) -> None:
        values = list(values)
        with unchangedOnError(self, parameterNode, name):
            before = self._count(parameterNode, name)
            # The length grows first, so that a failure half way finds (and removes) all that was written.
            self._length.write(parameterNode, f"{name}.len", max(before, len(values)))
            for index, value in enumerate(values):
                self._element.write(parameterNode, f"{name}.{index}", value)
            for index in range(len(values), before):
                self._element.remove(parameterNode, f"{name}.{index}")
            self._length.write(parameterNode, f"{name}.len", len(values))

    def read(self, parameterNode: Any, name: str) -> ObservedList:
        count = self._count(parameterNode, name)
        items = [self._element.read(parameterNode, f"{name}.{index}") for index in range(count)]
        return ObservedList(parameterNode, self, name, items)

    def remove(self, parameterNode: Any, name: str) -> None:
        with slicer.util.NodeModify(parameterNode):
            for index in range(self._count(parameterNode, name)):
                self._element.remove(parameterNode, f"{name}.{index}")
            self._length.remove(parameterNode, f"{name}.len")

    def supportsCaching(self) -> bool:
        return self._element.supportsCaching()


@parameterNodeSerializer
class TupleSerializer(Serializer):
    """tuple: ``name.0``, ``name.1``, ..."""

    def __init__(self, serializers: list[Serializer]) -> None:
        self._elements = serializers

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return typing.get_origin(type_) is tuple and bool(typing.get_args(type_))

    @staticmethod
    def create(type_: Any) -> Serializer:
        return TupleSerializer([serializerOfAnnotated(element) for element in typing.get_args(type_)])

    def default(self) -> tuple[Any, ...]:
        return tuple(element.default() for element in self._elements)

    def _named(self, name: str) -> Iterator[tuple[Serializer, str]]:
        return ((element, f"{name}.{index}") for index, element in enumerate(self._elements))

    def isIn(self, parameterNode: Any, name: str) -> bool:
        return self._elements[0].isIn(parameterNode, f"{name}.0")

    def write(self, parameterNode: Any, name: str, values: Any) -> None:
        values = tuple(values)
        if len(values) != len(self._elements):
            raise ValueError(f"{name} takes {len(self._elements)} values, got {len(values)}")
        with unchangedOnError(self, parameterNode, name):
            for (element, part), value in zip(self._named(name), values, strict=True):
                element.write(parameterNode, part, value)

    def read(self, parameterNode: Any, name: str) -> tuple[Any, ...]:
        return tuple(element.read(parameterNode, part) for element, part in self._named(name))

    def remove(self, parameterNode: Any, name: str) -> None:
        with slicer.util.NodeModify(parameterNode):
            for element, part in self._named(name):
                element.remove(parameterNode, part)

    def supportsCaching(self) -> bool:
        return all(element.supportsCaching() for element in self._elements)


@parameterNodeSerializer
class DictSerializer(Serializer):
    """dict, stored as a list of pairs so that the order is kept."""

    def __init__(self, keySerializer: Serializer, valueSerializer: Serializer) -> None:
        self._pairs = ListSerializer(TupleSerializer([keySerializer, valueSerializer]))

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return type_ in {dict, ObservedDict} or typing.get_origin(type_) is dict

    @staticmethod
    def create(type_: Any) -> Serializer:
        key, value = typing.get_args(type_) or (Any, Any)
        return DictSerializer(serializerOfAnnotated(key), serializerOfAnnotated(value))

    def default(self) -> dict[Any, Any]:
        return {}

    def isIn(self, parameterNode: Any, name: str) -> bool:
        return self._pairs.isIn(parameterNode, name)

    def write(self, parameterNode: Any, name: str, dictionary: Any) -> None:
        self._pairs.write(parameterNode, name, dictionary.items())

    def read(self, parameterNode: Any, name: str) -> ObservedDict:
        return ObservedDict(parameterNode, self, name, dict(self._pairs.read(parameterNode, name)))

    def remove(self, parameterNode: Any, name: str) -> None:
        self._pairs.remove(parameterNode, name)

    def supportsCaching(self) -> bool:
        return self._pairs.supportsCaching()


@parameterNodeSerializer
class AnySerializer(Serializer):
    """A value of any type that has a serializer: ``name.type`` holds module and class, ``name.value`` the rest."""

    def __init__(self) -> None:
        self._type = TupleSerializer([StringSerializer(), StringSerializer()])

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return type_ is Any

    @staticmethod
    def create(type_: Any) -> Serializer:  # noqa: ARG004 - there is one type
        return AnySerializer()

    def default(self) -> None:
        return None

    def _stored(self, parameterNode: Any, name: str) -> Serializer:
        module, class_name = self._type.read(parameterNode, f"{name}.type")
        if class_name == "NoneType":
            return serializerOfAnnotated(type(None))
        return serializerOfAnnotated(getattr(importlib.import_module(module), class_name))

    def isIn(self, parameterNode: Any, name: str) -> bool:
        return self._type.isIn(parameterNode, f"{name}.type")

    def write(self, parameterNode: Any, name: str, value: Any) -> None:
        plain = {ObservedList: list, ObservedDict: dict}.get(type(value), type(value))
        with unchangedOnError(self, parameterNode, name):
            self.remove(parameterNode, name)
            serializerOfAnnotated(plain).write(parameterNode, f"{name}.value", value)
            self._type.write(parameterNode, f"{name}.type", (plain.__module__, plain.__qualname__))

    def read(self, parameterNode: Any, name: str) -> Any:
        return self._stored(parameterNode, name).read(parameterNode, f"{name}.value")

    def remove(self, parameterNode: Any, name: str) -> None:
        if self.isIn(parameterNode, name):
            self._stored(parameterNode, name).remove(parameterNode, f"{name}.value")
            self._type.remove(parameterNode, f"{name}.type")
