"""Undecoded headers, in the one form that the fast walk and pydicom both deliver.

An element is kept as its bytes in little-endian order; a sequence as a list of items of the same form. The macros of
enhanced MR (PS3.3 C.7.6.16.2), sequences of one item each, are flattened into their functional group, so that the flip
angle of a frame is found under its own tag.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias, Union

from PWIProtocolLib.protocol.headers.tags import Tag


class WrongType(NamedTuple):
    """An element whose stated value type is not the one that the standard gives it."""

    vr: str


Raw: TypeAlias = dict[int, Union[bytes, WrongType, "list[Raw]"]]

TEXT_TYPES = frozenset(
    ["AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"]
)
LONG_TYPES = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"])
"""Types whose length takes four bytes in explicit headers (PS3.5 7.1.2)."""
SHORT_TYPES = (TEXT_TYPES | frozenset(["AT", "FD", "FL", "SL", "SS", "UL", "US"])) - LONG_TYPES
SIZE_OF = {"US": 2, "SS": 2, "AT": 2, "UL": 4, "SL": 4, "FL": 4, "OF": 4, "OL": 4, "FD": 8, "OD": 8, "SV": 8, "UV": 8}

MACROS = frozenset(
    {
        Tag.MRImagingModifierSequence,
        Tag.MRReceiveCoilSequence,
        Tag.MRTimingAndRelatedParametersSequence,
        Tag.MREchoSequence,
        Tag.MRModifierSequence,
        Tag.MRDiffusionSequence,
        Tag.MRFOVGeometrySequence,
        Tag.MRImageFrameTypeSequence,
        Tag.FrameContentSequence,
        Tag.PlanePositionSequence,
        Tag.PlaneOrientationSequence,
        Tag.PixelMeasuresSequence,
        Tag.PixelValueTransformationSequence,
    }
)
ENHANCED_CLASSES = frozenset(
    {"1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.4.3", "1.2.840.10008.5.1.4.1.1.4.4"}
)
"""Enhanced MR, Enhanced MR Color and Legacy Converted Enhanced MR Image Storage."""


class UnusualHeaderError(Exception):
    """The fast walk leaves this header to pydicom."""


def is_enhanced(top: Raw) -> bool:
    """Tell whether the header is one of the enhanced MR classes."""
    uid = top.get(Tag.SOPClassUID)
    return isinstance(uid, bytes) and uid.decode("latin-1").strip("\0 ") in ENHANCED_CLASSES


def fits(stated: str, expected: str) -> bool:
    """Tell whether an element of the stated type can be decoded as the expected one."""
    return stated in (expected, "UN") or (stated in TEXT_TYPES and expected in TEXT_TYPES)
