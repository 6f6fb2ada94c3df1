"""The image library of a report, so short that the report can be read: what all images share is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydicom import Dataset

PLACES = tuple(("DCM", code) for code in ("110901", "110902", "110903"))
"""Image Position (Patient) X, Y and Z: two of them alone would tell nothing."""


def shorten_library(report: Dataset) -> None:
    """Say what all images of a group share once for the group (TID 1600), and leave out what differs.

    What differs is the place of each image, which the image itself holds.

    Parameters
    ----------
    report : content of a TID 1500 report, whose library lists descriptors for every image.
    """
    from pydicom.sr.codedict import codes

    for library in _named(report.ContentSequence, codes.DCM.ImageLibrary.value):
        for group in _named(library.ContentSequence, codes.DCM.ImageLibraryGroup.value):
            images = list(group.ContentSequence)
            described = [list(each.get("ContentSequence", ())) for each in images]
            shared = [item for item in described[0] if _is_shared(item, described)]
            for image in images:
                if "ContentSequence" in image:
                    del image.ContentSequence
            group.ContentSequence = [*shared, *images]


def _is_shared(item: Any, described: Iterable[list[Any]]) -> bool:
    name = item.ConceptNameCodeSequence[0]
    is_place = (name.CodingSchemeDesignator, name.CodeValue) in PLACES
    return not is_place and all(item in others for others in described)


def _named(items: Iterable[Any], code: str) -> list[Any]:
    return [each for each in items if each.ConceptNameCodeSequence[0].CodeValue == code]
