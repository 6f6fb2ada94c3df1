"""What `hnn pwi fit` hands on: DICOM Parametric Maps, evidence for the grader, the report."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from fit_desk import Desk
from fit_studies import FRAMES, GEOMETRY, NODE, PLANTED, SHAPE, mask_of, write_segments
from HeadNeckNodesLib.dicom.parametric_map import (
    Code,
    MapSeries,
    ParametricMap,
    require_highdicom,
    write_parametric_map,
)
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from iENEGraderLib.export.report import report_html
from iENEGraderLib.export.report_content import ImageOrigin, Provenance
from iENEGraderLib.reading import Evidence, load_reading, save_reading, signed
from iENEGraderLib.rules.assessment import assess
from rules_builders import a_node, a_reading

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.reading import Reading

pytest.importorskip("highdicom")


@pytest.fixture
def the_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


@pytest.fixture
def the_nodes(the_desk: Desk) -> Path:
    return write_segments(the_desk.folder / "nodes.seg.nrrd", "node_1", "node_2")


@pytest.fixture
def the_reading(the_desk: Desk) -> Path:
    """A reading of two nodes; the first already carries a result of perfusion, which is out of date."""
    old = Evidence("perfusion_ktrans", None, 9.0, "/min", None, "an earlier fit")
    angle = Evidence("contact_angle", "internal_carotid_artery", 100.0, "deg")
    nodes = (replace(a_node(), segment_id="Segment_1", evidence=(angle, old)), a_node())
    save_reading(a_reading("oropharynx", "T2", *nodes), the_desk.folder / "reading.json")
    return the_desk.folder / "reading.json"


def violations(path: Path) -> list[str]:
    """What dciodvfy calls an error."""
    told = subprocess.run(["dciodvfy", str(path)], capture_output=True, check=False)
    lines = (told.stdout + told.stderr).decode("latin-1").splitlines()
    return [line for line in lines if line.startswith("Error")]


def read_back(path: Path) -> Any:
    import highdicom

    return highdicom.pm.pmread(path) if hasattr(highdicom.pm, "pmread") else highdicom.imread(path)


def test_parametric_maps_of_a_dicom_study_hold_values_units_methods_and_their_sources(the_desk: Desk) -> None:
    document = the_desk.document("--dynamic", the_desk.dicom(), "--aif", "auto")

    for each in document["maps"]:
        assert (each["dicom"] is None) == (each["name"] in ("status", "curve_type"))
    found = read_back(the_desk.out / "ktrans.dcm")
    mapping = found.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]
    values = np.frombuffer(found.FloatPixelData, "<f4").reshape(SHAPE)
    np.testing.assert_array_equal(values, the_desk.map("ktrans"))
    assert values[mask_of("node_1")] == pytest.approx(NODE.ktrans, rel=0.01)
    unit = mapping.MeasurementUnitsCodeSequence[0]
    assert (unit.CodeValue, unit.CodingSchemeDesignator) == ("/min", "UCUM")
    codes = [item.ConceptCodeSequence[0].CodeValue for item in mapping.QuantityDefinitionSequence]
    assert codes == ["126312", "126341", "126363", "126350"]
    first = found.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient
    assert [float(x) for x in first] == pytest.approx(GEOMETRY.origin_lps_mm)
    assert len(found.SourceImageSequence) == FRAMES * SHAPE[0]
    assert (str(found.PatientName), found.StudyInstanceUID) == (PLANTED, "1.2.826.0.1.3680043.8.498.77")
    assert found.FrameOfReferenceUID == "1.2.826.0.1.3680043.8.498.77.9"


def test_parametric_maps_break_no_rule_of_the_standard(the_desk: Desk) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (package dicom3tools) is not installed")
    the_desk.document("--dynamic", the_desk.dicom(), "--aif", "auto", "--delay", "search")
    assert {path.name: violations(path) for path in the_desk.out.glob("*.dcm")} == {
        path.name: [] for path in the_desk.out.glob("*.dcm")
    }


def test_maps_of_an_nrrd_study_are_dicom_only_when_asked_and_name_nobody(the_desk: Desk) -> None:
    common = ("--dynamic", the_desk.nrrd(), "--flip-angles", the_desk.angles())
    assert any("ask for them with --dicom" in text for text in the_desk.document(*common)["cautions"])
    assert not list(the_desk.out.glob("*.dcm"))

    the_desk.document(*common, "--dicom")

    found = [read_back(path) for path in sorted(the_desk.out.glob("*.dcm"))]
    assert len({each.StudyInstanceUID for each in found}) == 1
    assert len({each.SeriesInstanceUID for each in found}) == len(found) > 10
    assert {str(each.PatientName) + str(each.PatientID) for each in found} == {""}


def test_a_map_in_an_oblique_grid_keeps_its_place(tmp_path: Path) -> None:
    c, s = np.cos(0.3), np.sin(0.3)
    grid = ImageGeometry((5, 4, 3), (0.7, 0.9, 2.5), (1.5, -20.25, 33.125), ((1, 0, 0), (0, c, -s), (0, s, c)))
    values = np.arange(60, dtype=np.float32).reshape(3, 4, 5)
    one = ParametricMap(values, "VE", "ve", Code("DCM", "126314", "ve"), Code("UCUM", "1", "no units"))

    write_parametric_map(one, grid, tmp_path / "ve.dcm", MapSeries(1, "test"))

    found = read_back(tmp_path / "ve.dcm")
    place = found.PerFrameFunctionalGroupsSequence[2].PlanePositionSequence[0].ImagePositionPatient
    assert [float(x) for x in place] == pytest.approx((grid.ijk_to_lps @ [0, 0, 2, 1])[:3], abs=1e-4)
    with pytest.raises(InputError, match=r"shape \(3, 4, 5\) on a grid of \(2, 4, 5\)"):
        write_parametric_map(one, replace(grid, size_ijk=(5, 4, 2)), tmp_path / "x.dcm", MapSeries(1, "test"))


def test_without_highdicom_the_user_is_told_what_to_install(the_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "highdicom", None)
    with pytest.raises(InputError, match="pip install highdicom"):
        require_highdicom()
    document = the_desk.document("--dynamic", the_desk.dicom(), "--aif", "auto")
    assert any("pip install highdicom" in text for text in document["cautions"])
    assert (the_desk.out / "ktrans.nrrd").exists()


def test_no_result_but_dicom_names_the_patient_or_a_file_that_was_given(the_desk: Desk, the_nodes: Path) -> None:
    study = the_desk.dicom().rename(the_desk.folder / "DOE_JANE")
    the_desk.document("--dynamic", study, "--aif", "auto", "--roi", the_nodes)
    for path in the_desk.out.iterdir():
        if path.suffix in (".json", ".csv", ".html"):
            text = path.read_text(encoding="utf-8")
            for word in ("PLANTED", "DOE_JANE", the_nodes.name, str(the_desk.folder)):
                assert word not in text, f"{path.name} holds {word}"


def with_evidence(desk: Desk, nodes: Path, reading: Path) -> Reading:
    desk.document("--dynamic", desk.dicom(), "--aif", "auto", "--roi", nodes, "--reading", reading)
    return load_reading(desk.out / "reading.json")


def test_results_of_nodes_become_evidence_in_a_copy_of_the_reading(
    the_desk: Desk, the_nodes: Path, the_reading: Path
) -> None:
    before = the_reading.read_text()
    found = with_evidence(the_desk, the_nodes, the_reading)

    assert the_reading.read_text() == before
    assert found.nodes is not None
    evidence = {each.kind: each for each in found.nodes[0].evidence}
    assert list(evidence) == ["contact_angle", "perfusion_ktrans", "perfusion_kep", "perfusion_ve", "perfusion_vp"]
    assert len(found.nodes[0].evidence) == 5
    ktrans = evidence["perfusion_ktrans"]
    assert ktrans.value == pytest.approx(NODE.ktrans, rel=0.01)
    assert ktrans.unit == "/min"
    assert ktrans.method is not None
    assert ktrans.method.startswith("not recommended for N staging; median of 168 of 168 voxels")
    assert ktrans.place is not None
    middle = GEOMETRY.ras_from_kji(np.argwhere(mask_of("node_1")).mean(axis=0))
    assert ktrans.place.ras_mm == pytest.approx(tuple(middle), abs=0.06)
    assert not found.nodes[1].evidence
    fragments = json.loads((the_desk.out / "evidence.json").read_text())
    assert [each["segment"] for each in fragments["segments"]] == ["node_1", "node_2"]
    assert fragments["segments"][0]["evidence"][0]["value"] == ktrans.value


def test_rules_and_grade_are_blind_to_perfusion(the_desk: Desk, the_nodes: Path, the_reading: Path) -> None:
    found = with_evidence(the_desk, the_nodes, the_reading)
    assert found.nodes is not None
    bare = replace(found, nodes=tuple(_without_perfusion(node) for node in found.nodes))
    assert bare != found
    assert assess(found) == assess(bare)


def _without_perfusion(node: Any) -> Any:
    return replace(node, evidence=tuple(each for each in node.evidence if not each.kind.startswith("perfusion_")))


def test_the_report_of_the_grader_labels_perfusion_as_not_recommended_for_n_staging(
    the_desk: Desk, the_nodes: Path, the_reading: Path
) -> None:
    found = with_evidence(the_desk, the_nodes, the_reading)
    page = report_html(found, assess(found), (), Provenance("test", "2026-11-22T10:00:00+00:00", ImageOrigin.NONE))
    told = re.sub(r"<[^>]+>", "", page)
    assert "perfusion, Ktrans (not recommended for N staging) 0.250 /min" in told
    assert "perfusion, ve (not recommended for N staging) 35 %" in told


def test_a_signed_reading_and_one_of_other_segments_are_refused(
    the_desk: Desk, the_nodes: Path, the_reading: Path
) -> None:
    reading = load_reading(the_reading)
    common = ("--dynamic", the_desk.nrrd(), "--flip-angles", the_desk.angles(), "--roi", the_nodes)
    locked = the_desk.folder / "locked.json"
    save_reading(signed(reading, "R1", "2026-11-22T10:00:00+00:00"), locked)
    assert "take the signature back first" in the_desk.refusal(*common, "--reading", locked)
    other = the_desk.folder / "other.json"
    save_reading(replace(reading, nodes=(replace(a_node(), segment_id="Segment_9"),)), other)
    assert "no node names one of the segments node_1, node_2" in the_desk.refusal(*common, "--reading", other)


def test_the_report_shows_maps_curves_artery_quality_settings_protocol_and_the_limit_of_use(
    the_desk: Desk, the_nodes: Path
) -> None:
    the_desk.document("--dynamic", the_desk.dicom(), "--aif", "auto", "--roi", the_nodes)
    page = (the_desk.out / "report.html").read_text(encoding="utf-8")

    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", page)
    assert headings == [
        "Cautions", "Segments", "Maps", "Curves of the segments", "Arterial curve", "Quality of the fit", "Settings",
        "Protocol",
    ]  # fmt: skip
    assert "Perfusion (DCE) results are not recommended for N staging." in page
    assert page.count("Not a medical device") == 2
    titles = re.findall(r"<title>([^<]+)</title>", page)
    for title in ("Ktrans (/min)", "ve", "vp", "kep (/min)", "node_1", "node_2", "Arterial curve"):
        assert title in titles
    assert "Artery: 27 voxels, slice 2" in titles
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
