"""What a structured report holds beyond the reading: measurements that are no evidence of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.reading import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.measure.case.records.record_types import ContactRecord

VOLUME_METHOD = "sum of the voxels of the segment"
LENGTH_METHOD = "length of vessel with any contact"
SECTIONS_METHOD = "sections of the image (k) that hold a point of the vessel wall in contact"


def further_evidence(case: CaseMeasurements) -> dict[str, tuple[Evidence, ...]]:
    """Return volume, and length and image sections of the contact with each vessel, by the id of the node."""
    rows: dict[str, list[Evidence]] = {}
    for record in case.nodes:
        found = rows.setdefault(record.node_id, [])
        if record.basics.result is not None:
            volume = round(record.basics.result.size.volume_mm3, 1)
            found.append(Evidence("volume", None, volume, "mm3", method=VOLUME_METHOD))
    for contact in case.contacts:
        rows.setdefault(contact.node_id, []).extend(_of_contact(contact))
    return {node_id: tuple(found) for node_id, found in rows.items()}


def _of_contact(record: ContactRecord) -> Iterator[Evidence]:
    profile = record.profile
    if profile.contact_length_mm:
        length = round(profile.contact_length_mm, 1)
        yield Evidence("contact_length", record.structure, length, "mm", method=LENGTH_METHOD)
    if profile.contact_map is not None and profile.contact_map.contact.any():
        touched = profile.contact_map.wall_kji[profile.contact_map.contact]
        sections = len(np.unique(np.rint(touched[:, 0])))
        yield Evidence("contact_sections", record.structure, float(sections), "{count}", method=SECTIONS_METHOD)
