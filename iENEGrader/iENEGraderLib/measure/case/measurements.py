"""Everything that was measured in a case, as records, as JSON and as evidence of a reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.document.document import document_json
from iENEGraderLib.measure.case.evidence.rows import evidence_rows
from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.measure.case.maps import NO_MAPS, MeasureMaps

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segmentation

    from iENEGraderLib.measure.case.document.values import Json
    from iENEGraderLib.measure.case.records.record_types import (
        CoalescenceRecord,
        ContactRecord,
        InfiltrationRecord,
        NerveRecord,
        NodeRecord,
        SkinRecord,
        VeinRecord,
    )
    from iENEGraderLib.measure.preferences import Preferences
    from iENEGraderLib.reading import Evidence


@dataclass(frozen=True, eq=False)
class CaseMeasurements:
    """All records of a case.

    Attributes
    ----------
    nodes : one for each node.
    contacts : nodes and the vessels within reach of them.
    veins : one for each internal jugular vein.
    coalescence : pairs of nodes within reach of each other.
    infiltration : nodes and the muscles and glands within reach of them.
    skin : nodes and the skin over them.
    nerves : nodes and the nerves within reach of them.
    warnings : what could not be measured, and what the segments leave in doubt.
    maps : spectral maps that were used in place of HU.
    """

    image: Image | None
    segmentation: Segmentation
    nodes: tuple[NodeRecord, ...]
    contacts: tuple[ContactRecord, ...]
    veins: tuple[VeinRecord, ...]
    coalescence: tuple[CoalescenceRecord, ...]
    infiltration: tuple[InfiltrationRecord, ...]
    skin: tuple[SkinRecord, ...]
    nerves: tuple[NerveRecord, ...]
    warnings: tuple[str, ...]
    preferences: Preferences
    maps: MeasureMaps = NO_MAPS

    def node(self, node_id: str) -> NodeRecord:
        """Return the record of one node; KeyError when there is none of that name."""
        for record in self.nodes:
            if record.node_id == node_id:
                return record
        raise KeyError(node_id)

    def evidence_for(self, node_id: str) -> tuple[Evidence, ...]:
        """Return what was measured of a node, ready for a reading document. Evidence never sets a finding."""
        return evidence_rows(self, node_id)

    @property
    def evidence_kinds(self) -> frozenset[str]:
        """Kinds of evidence that were looked for: earlier evidence of these kinds is out of date."""
        kinds = [str(kind) for kind in Kind]
        if self.maps.images:
            kinds += [value.kind for record in self.nodes for value in record.map_values]
        return frozenset(kinds)

    def to_json(self, software: str = "") -> Json:
        """Return everything as plain JSON values.

        Parameters
        ----------
        software : name and version of the program that measured.
        """
        return document_json(self, software)
