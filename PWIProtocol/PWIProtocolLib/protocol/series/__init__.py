"""Series of a study: what they are, and which belong together."""

from PWIProtocolLib.protocol.series.records import (
    Dynamic,
    DynamicLayout,
    FlipAngleSet,
    Plane,
    Series,
    SeriesKind,
    Vendor,
    vendor_of,
)

__all__ = ["Dynamic", "DynamicLayout", "FlipAngleSet", "Plane", "Series", "SeriesKind", "Vendor", "vendor_of"]
