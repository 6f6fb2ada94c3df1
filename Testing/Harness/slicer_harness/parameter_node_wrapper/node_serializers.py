"""References to MRML nodes, None, and unions of types in a parameter node."""

from __future__ import annotations

import typing
from typing import Any

import slicer.util

from slicer_harness.parameter_node_wrapper.annotations import isNodeType, isUnion
from slicer_harness.parameter_node_wrapper.serializers import (
    Serializer,
    TextSerializer,
    ValidatedSerializer,
    parameterNodeSerializer,
    serializerOfAnnotated,
    unchangedOnError,
)
from slicer_harness.parameter_node_wrapper.validators import IsInstance, IsNone

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@parameterNodeSerializer
class NodeSerializer(Serializer):
    """A reference to a MRML node. An empty parameter of the same name tells a stored None from nothing."""

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return isNodeType(type_)

    @staticmethod
    def create(type_: Any) -> Serializer:
        return ValidatedSerializer(NodeSerializer(), [IsInstance(type_)])

    def default(self) -> None:
        return None

    def isIn(self, parameterNode: Any, name: str) -> bool:
        return bool(parameterNode.HasParameter(name))

    def write(self, parameterNode: Any, name: str, value: Any) -> None:
        parameterNode.SetParameter(name, "")
        parameterNode.SetNodeReferenceID(name, value.GetID() if value is not None else None)

    def read(self, parameterNode: Any, name: str) -> Any:
        return parameterNode.GetNodeReference(name)

    def remove(self, parameterNode: Any, name: str) -> None:
        parameterNode.UnsetParameter(name)
        parameterNode.RemoveNodeReferenceIDs(name)

    @staticmethod
    def supportsCaching() -> bool:
        return True


@parameterNodeSerializer
class NoneSerializer(TextSerializer):
    """None, as a member of a union."""

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return type_ is type(None)

    @staticmethod
    def create(type_: Any) -> Serializer:  # noqa: ARG004 - there is one type
        return ValidatedSerializer(NoneSerializer(), [IsNone()])

    def default(self) -> None:
        return None

    def encode(self, value: None) -> str:  # noqa: ARG002 - always the same
        return "True"

    def decode(self, text: str) -> None:  # noqa: ARG002 - always the same
        return None


@parameterNodeSerializer
class UnionSerializer(Serializer):
    """One of several types; the position of the type used is part of the stored name."""

    def __init__(self, serializers: Iterable[Serializer]) -> None:
        self._members = [ValidatedSerializer(serializer, []) for serializer in serializers]

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return isUnion(type_)

    @staticmethod
    def create(type_: Any) -> Serializer:
        return UnionSerializer([serializerOfAnnotated(member) for member in typing.get_args(type_)])

    def default(self) -> Any:
        last = self._members[-1].serializer
        return None if len(self._members) == 2 and isinstance(last, NoneSerializer) else self._members[0].default()

    def _named(self, name: str) -> Iterator[tuple[ValidatedSerializer, str]]:
        return ((member, f"{name}.{index}") for index, member in enumerate(self._members))

    def isIn(self, parameterNode: Any, name: str) -> bool:
        return any(member.isIn(parameterNode, part) for member, part in self._named(name))

    def _memberFor(self, name: str, value: Any) -> tuple[ValidatedSerializer, str]:
        """Return the first member that takes a value, and its name; else the refusal of the nearest one."""
        refusal: Exception = TypeError(f"Unable to write value {value!r} of type {type(value)}")
        for member, part in self._named(name):
            if member.serializer.canSerialize(type(value)):
                try:
                    member.validate(value)
                except (ValueError, TypeError) as error:
                    refusal = error
                else:
                    return member, part
        raise refusal

    def write(self, parameterNode: Any, name: str, value: Any) -> None:
        member, part = self._memberFor(name, value)
        with unchangedOnError(self, parameterNode, name):
            self.remove(parameterNode, name)
            member.write(parameterNode, part, value)

    def read(self, parameterNode: Any, name: str) -> Any:
        for member, part in self._named(name):
            if member.isIn(parameterNode, part):
                return member.read(parameterNode, part)
        raise KeyError(f"No value is stored for {name}")

    def remove(self, parameterNode: Any, name: str) -> None:
        with slicer.util.NodeModify(parameterNode):
            for member, part in self._named(name):
                member.remove(parameterNode, part)

    def supportsCaching(self) -> bool:
        return all(member.supportsCaching() for member in self._members)
