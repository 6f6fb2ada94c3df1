"""Key object selections: the images that show the nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import highdicom
import pydicom
import pytest
from dicom_export_builders import (
    GRIDS,
    SOFTWARE,
    a_full_reading,
    a_made_source,
    a_segmentation,
    complaints,
    masks_of,
    output_of,
)
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.export.dicom.key_objects import KeyObjectTitle, write_key_objects
from iENEGraderLib.export.dicom.key_sections import MOST_OF_A_NODE, key_sections
from iENEGraderLib.export.dicom.seg import Algorithm, AlgorithmKind, write_segmentation
from iENEGraderLib.reading import Evidence, Node, Place, Reading, Side
from iENEGraderLib.reading.vocabulary import NeckLevel

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.export.dicom.source_series import SourceSeries


@pytest.fixture
def a_source(tmp_path: Path) -> SourceSeries:
    return a_made_source(tmp_path / "ct")


def selected(path: Path) -> list[str]:
    """Return the images that a selection refers to."""
    content = pydicom.dcmread(path).ContentSequence
    return [each.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for each in content if each.ValueType == "IMAGE"]


def a_reading_at(*sections: int) -> Reading:
    """Return a reading of one node with evidence in these sections."""
    places = [Place(GRIDS["axial"].place_ras_mm((k, 4, 6))) for k in sections]
    kinds = ["greatest_dimension", *["spike_length"] * len(sections)]
    rows = tuple(Evidence(kind, None, 5.0, "mm", place=place) for kind, place in zip(kinds, places, strict=False))
    return Reading("case 7", nodes=(Node("N1", Side.RIGHT, NeckLevel.IIA, evidence=rows),))


def test_the_images_of_greatest_dimension_marks_and_spikes_are_selected(a_source: SourceSeries, tmp_path: Path) -> None:
    write_key_objects(
        a_reading_at(2, 5, 5), a_source, tmp_path / "kos.dcm", title=KeyObjectTitle.TEACHING, software=SOFTWARE
    )
    assert selected(tmp_path / "kos.dcm") == [a_source.headers[k].SOPInstanceUID for k in (2, 5)]


@pytest.mark.parametrize("evidence", [(), (Evidence("greatest_dimension", place=Place((0.0, 0.0, 900.0))),)])
def test_the_middle_of_the_segment_stands_in_for_a_size_that_the_images_do_not_show(
    a_source: SourceSeries, tmp_path: Path, evidence: tuple[Evidence, ...]
) -> None:
    reading = Reading("case 7", nodes=(Node("N2", Side.LEFT, NeckLevel.III, segment_id="node_2", evidence=evidence),))
    written = write_segmentation(
        a_segmentation(GRIDS["axial"]), a_source, tmp_path / "seg.dcm", algorithm=Algorithm(AlgorithmKind.MANUAL),
        software=SOFTWARE,
    )  # fmt: skip
    (section,) = key_sections(reading, a_source, written)["N2"]
    assert masks_of(GRIDS["axial"])["node_2"][section].any()


def test_key_images_are_few(a_source: SourceSeries) -> None:
    assert len(key_sections(a_reading_at(*range(7)), a_source)["N1"]) == MOST_OF_A_NODE


def test_places_outside_of_the_images_are_passed_over(a_source: SourceSeries) -> None:
    assert key_sections(a_reading_at(3, 40), a_source)["N1"] == (3,)


def test_a_case_without_any_place_has_no_key_images(a_source: SourceSeries, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no node has a place"):
        write_key_objects(
            a_reading_at(), a_source, tmp_path / "kos.dcm", title=KeyObjectTitle.TEACHING, software=SOFTWARE
        )
    assert not (tmp_path / "kos.dcm").exists()


@pytest.mark.parametrize(("title", "code"), [(KeyObjectTitle.TEACHING, "113004"), (KeyObjectTitle.REFERRING, "113002")])
def test_checkers_and_readers_accept_a_selection(
    a_source: SourceSeries, tmp_path: Path, title: KeyObjectTitle, code: str
) -> None:
    path = tmp_path / "kos.dcm"
    write_key_objects(a_full_reading(), a_source, path, title=title, software=SOFTWARE)
    assert pydicom.dcmread(path).ConceptNameCodeSequence[0].CodeValue == code
    assert highdicom.ko.KeyObjectSelectionDocument.from_dataset(pydicom.dcmread(path)).content.get_references()
    assert complaints("dciodvfy", "-new", path) == []
    assert complaints("dcentvfy", path, *sorted((tmp_path / "ct").iterdir())) == []
    assert "N1, right, level IIA" in output_of("dsrdump", "+Pl", path)
