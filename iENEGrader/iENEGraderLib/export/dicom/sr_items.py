"""Content items of a structured report, and the parts that several of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.dicom.codes import Group, concept
from iENEGraderLib.export.dicom.exact_text import dicom_text, fits_32_bits, is_exact, lps_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from highdicom.sr import (
        CodeContentItem,
        ContentItem,
        ContentSequence,
        NumContentItem,
        RelationshipTypeValues,
        TextContentItem,
    )
    from pydicom import Dataset

    from iENEGraderLib.export.dicom.codes import Concept
    from iENEGraderLib.export.dicom.source_series import SourceSeries

    Point = tuple[float, float, float]

CONTAINS, HAS_PROPERTIES, HAS_CONCEPT_MOD = "CONTAINS", "HAS PROPERTIES", "HAS CONCEPT MOD"
HAS_OBS_CONTEXT, INFERRED_FROM = "HAS OBS CONTEXT", "INFERRED FROM"
SHAPES = {1: "POINT", 2: "POLYLINE"}


def text_item(key: str, text: str, relation: str = HAS_PROPERTIES) -> TextContentItem:
    """Return a text of the group of items, without loss."""
    from highdicom.sr import TextContentItem

    return TextContentItem(concept(Group.ITEM, key).coded, dicom_text(text), _relation(relation))


def code_item(name: Concept, value: Concept, relation: str = CONTAINS) -> CodeContentItem:
    """Return a coded answer."""
    from highdicom.sr import CodeContentItem

    return CodeContentItem(name.coded, value.coded, _relation(relation))


def answer_item(key: str, group: Group, word: str, relation: str = CONTAINS) -> CodeContentItem:
    """Return a coded answer of the group of items with a word of another group."""
    return code_item(concept(Group.ITEM, key), concept(group, word), relation)


def number_item(name: Concept, value: float, unit: Concept, relation: str = CONTAINS) -> NumContentItem:
    """Return a number; stored as decimal string and, exactly, as double."""
    from highdicom.sr import NumContentItem

    return NumContentItem(name.coded, float(value), unit.coded, relationship_type=_relation(relation))


def tracking_items(identifier: str) -> list[ContentItem]:
    """Return what identifies an item of a report."""
    from highdicom.sr import TrackingIdentifier

    from iENEGraderLib.export.dicom.identity import new_uid

    return list(TrackingIdentifier(uid=new_uid(), identifier=dicom_text(identifier)))


def place_items(points_ras_mm: Sequence[Point], source: SourceSeries) -> list[ContentItem]:
    """Return where something is: coordinates, the image nearest to it, and all digits where coordinates lack some."""
    from highdicom.sr import CoordinatesForMeasurement3D, SourceImageForMeasurement

    shape = SHAPES.get(len(points_ras_mm), "MULTIPOINT")
    items: list[ContentItem] = []
    if fits_32_bits(points_ras_mm):
        items.append(CoordinatesForMeasurement3D(shape, lps_of(points_ras_mm), source.frame_of_reference_uid))
    image = source.header_at(middle(points_ras_mm))
    if image is not None:
        items.append(SourceImageForMeasurement(image.SOPClassUID, image.SOPInstanceUID))
    if not is_exact(points_ras_mm):
        items.append(text_item("place", " ".join(repr(float(x)) for point in points_ras_mm for x in point)))
    return items


def key_image_item(image: Dataset) -> ContentItem:
    """Return the reference to an image that shows a node."""
    from highdicom.sr import ImageContentItem

    name = concept(Group.ITEM, "key_image").coded
    return ImageContentItem(name, image.SOPClassUID, image.SOPInstanceUID, relationship_type=_relation(CONTAINS))


def with_children(item: ContentItem, children: Iterable[ContentItem]) -> ContentItem:
    """Return the item with these items below it, after those that it has."""
    from highdicom.sr import ContentSequence

    present: ContentSequence | Sequence[ContentItem] = item.get("ContentSequence", [])
    below = [*present, *children]
    if below:
        item.ContentSequence = ContentSequence(below)
    return item


def middle(points: Sequence[Point]) -> Point:
    """Return the mean of points."""
    x, y, z = (sum(values) / len(points) for values in zip(*points, strict=True))
    return x, y, z


def _relation(name: str) -> RelationshipTypeValues:
    from highdicom.sr import RelationshipTypeValues

    return RelationshipTypeValues(name)
