"""Images of a dynamic that carry its signal: doubled files, phase images and the fat half of Dixon pairs left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.frames.cautions import TimeCaution, TimeCautionKind
from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.protocol.series import Plane

NOT_MAGNITUDE = frozenset({"P", "PHASE", "PHASE MAP", "R", "REAL", "I", "IMAGINARY"})
WATER = frozenset({"W", "WATER"})
NOT_WATER = frozenset(
    {"F", "FAT", "IP", "IN_PHASE", "OP", "OUT_PHASE", "OPP_PHASE", "FF", "FAT_FRACTION", "WF", "WATER_FRACTION"}
)


def image_words(plane: Plane) -> frozenset[str]:
    """Return what an image says about its kind: the words of ImageType or FrameType and its complex component."""
    header, frame = plane
    words: set[str] = set()
    for tag in (Tag.ImageType, Tag.FrameType, Tag.ComplexImageComponent):
        words.update(word.upper() for word in header.texts(tag, frame).value or ())
    return frozenset(words)


def signal_planes(planes: Sequence[Plane]) -> tuple[tuple[Plane, ...], tuple[TimeCaution, ...]]:
    """Return the images that carry the signal of the dynamic, and a caution for each reason to leave some out."""
    kept, cautions = _without_doubles(planes)
    words = [image_words(plane) for plane in kept]
    magnitude = [not w & NOT_MAGNITUDE or "MAGNITUDE" in w for w in words]
    if any(magnitude) and not all(magnitude):
        cautions.append(_left_out(magnitude.count(False), "phase, real or imaginary images"))
        kept = [plane for plane, keep in zip(kept, magnitude, strict=True) if keep]
        words = [image_words(plane) for plane in kept]
    water = [bool(w & WATER) for w in words]
    rest_named = all(w & NOT_WATER for w, is_water in zip(words, water, strict=True) if not is_water)
    if any(water) and not all(water) and rest_named:
        cautions.append(_left_out(water.count(False), "images other than the water images of a Dixon acquisition"))
        kept = [plane for plane, keep in zip(kept, water, strict=True) if keep]
    return tuple(kept), tuple(cautions)


def _without_doubles(planes: Sequence[Plane]) -> tuple[list[Plane], list[TimeCaution]]:
    seen: set[tuple[str, int]] = set()
    kept = []
    for plane in planes:
        uid = plane.header.text(Tag.SOPInstanceUID).value
        if uid is not None:
            if (uid, plane.frame) in seen:
                continue
            seen.add((uid, plane.frame))
        kept.append(plane)
    doubles = len(planes) - len(kept)
    text = f"{doubles} images are there twice (same SOPInstanceUID); each was counted once"
    return kept, [TimeCaution(TimeCautionKind.DOUBLED_FILES, text)] if doubles else []


def _left_out(count: int, what: str) -> TimeCaution:
    return TimeCaution(TimeCautionKind.OTHER_IMAGES, f"{count} {what} were left out of the dynamic")
