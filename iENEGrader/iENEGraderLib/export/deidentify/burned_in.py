"""Objects that cannot be cleaned by their attributes, since their pixels or pages may show the patient's name.

There is no reading of text in pixels (OCR) here: what is likely to hold any is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from pydicom import Dataset

REFUSED_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.7": "a Secondary Capture, in whose pixels text is often burned in",
    "1.2.840.10008.5.1.4.1.1.104": "an encapsulated document (PDF, CDA, model), which cannot be cleaned",
    "1.2.840.10008.5.1.4.1.1.88.67": "a radiation dose report, which names patient and device",
    "1.2.840.10008.5.1.4.1.1.88.40": "a procedure log, which names persons",
    "1.2.840.10008.5.1.4.1.1.11": "a presentation state, which may hold typed annotations",
    "1.2.840.10008.5.1.4.1.1.77": "a photograph or video of the patient",
    "1.2.840.10008.5.1.4.1.1.6": "ultrasound, whose pixels show the patient's name",
}
"""By the beginning of the SOP class UID: the class itself and those under it."""
CAPTURED = re.compile(r"screen ?(save|shot|capture)|scanned|dose ?(report|info)|patient protocol|exam summary", re.I)
CAPTURED_TYPES = {"SCREEN SAVE", "SCREENSAVE", "SCREENSHOT", "DOSE_INFO"}
IMAGE_CLASSES = ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4")
"""CT and MR, plain and enhanced."""
OVERLAY_GROUPS = range(0x6000, 0x6020)
COLOURED = {"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "PALETTE COLOR"}
COLOUR_PRESENTATIONS = {"COLOR", "MIXED", "COLOR_REF", "COLOR_RANGE"}


def require_no_burned_in_text(dataset: Dataset) -> None:
    """Refuse objects that may show identifying text.

    Raises
    ------
    InputError
        With the reason; no value of the object is repeated.
    """
    reason = _reason(dataset)
    if reason is not None:
        raise InputError(f"cannot be shared: {reason}; leave it out")


def _reason(dataset: Dataset) -> str | None:
    sop_class = str(dataset.get("SOPClassUID", ""))
    for beginning, reason in REFUSED_CLASSES.items():
        if sop_class == beginning or sop_class.startswith(f"{beginning}."):
            return reason
    if str(dataset.get("BurnedInAnnotation", "")).upper() == "YES":
        return "its header says that text is burned in (BurnedInAnnotation YES)"
    if any(element.tag.group in OVERLAY_GROUPS for element in dataset):
        return "it has an overlay (groups 60xx), which may hold text"
    return _reason_of_capture(dataset) or _reason_in_pixels(dataset)


def _reason_of_capture(dataset: Dataset) -> str | None:
    if "ConversionType" in dataset:
        return "it was captured or digitized (ConversionType), so text may be burned in"
    if _is_captured(dataset):
        return "type or description say that it is a captured screen or a dose report"
    return None


def _is_captured(dataset: Dataset) -> bool:
    types = {str(one).upper() for one in dataset.get("ImageType") or ()}
    texts = (str(dataset.get(name, "")) for name in ("SeriesDescription", "ProtocolName", "ImageComments"))
    return bool(types & CAPTURED_TYPES) or any(CAPTURED.search(text) for text in texts)


def _reason_in_pixels(dataset: Dataset) -> str | None:
    sop_class = str(dataset.get("SOPClassUID", ""))
    if "PixelData" not in dataset or not sop_class.startswith(IMAGE_CLASSES):
        return None
    is_coloured = str(dataset.get("PhotometricInterpretation", "")) in COLOURED
    if is_coloured or str(dataset.get("PixelPresentation", "")) in COLOUR_PRESENTATIONS:
        return "it is a coloured CT or MR image, as captured screens are"
    if dataset.get("BitsAllocated") != 16 or dataset.get("PixelRepresentation") != 0:
        return None
    stored = int(dataset.get("BitsStored", 16))
    if stored < 16 and not _is_compressed(dataset):
        order = "<u2" if dataset.original_encoding[1] is not False else ">u2"
        pixels = np.frombuffer(dataset.PixelData[: len(dataset.PixelData) // 2 * 2], order)
        if np.any(pixels >> np.uint16(stored)):
            return "there is something in the unused bits of its pixels, where old programs kept overlays"
    return None


def _is_compressed(dataset: Dataset) -> bool:
    syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
    return syntax is not None and bool(syntax.is_compressed)
