"""Colours in a parameter node."""

from __future__ import annotations

from typing import Any

import qt

from slicer_harness.parameter_node_wrapper.serializers import (
    Serializer,
    TextSerializer,
    ValidatedSerializer,
    parameterNodeSerializer,
)
from slicer_harness.parameter_node_wrapper.validators import IsInstance, NotNone


@parameterNodeSerializer
class QColorSerializer(TextSerializer):
    """A colour as ``#AARRGGBB``."""

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return type_ is qt.QColor

    @staticmethod
    def create(type_: Any) -> Serializer:
        return ValidatedSerializer(QColorSerializer(), [NotNone(), IsInstance(type_)])

    def default(self) -> Any:
        return qt.QColor()

    def encode(self, value: Any) -> str:
        return str(value.name(qt.QColor.HexArgb))

    def decode(self, text: str) -> Any:
        return qt.QColor(text)
