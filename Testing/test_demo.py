"""`hnn demo` on the sample case, from the digital neck to the report. It runs once; all tests look at its results."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import SimpleITK
from HeadNeckNodesLib.imaging.read_segmentation import read_segmentation
from HeadNeckNodesLib.notice import NOTICE
from hnn.cli.main import main
from iENEGraderLib.reading import Evidence, EvidenceClass, Reading, load_reading
from iENEGraderLib.rules import assess
from iENEGraderLib.sample.neck import DigitalNeck, digital_neck

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hnn.headless import HeadlessSlicer

FILES = [
    "case.mrb",
    "key-N1.png",
    "key-N2.png",
    "key-N3.png",
    "key-N4.png",
    "key-N5.png",
    "key-spikes-1.png",
    "measurements.json",
    "nodes.seg.nrrd",
    "overview-3d.png",
    "reading.json",
    "report.html",
]


@dataclass(frozen=True)
class Demo:
    """A finished demo."""

    folder: Path
    exit_code: int
    printed: dict[str, Any]
    errors: str

    @property
    def reading(self) -> Reading:
        """The reading that it wrote."""
        return load_reading(self.folder / "reading.json")


@pytest.fixture(scope="module")
def the_neck() -> DigitalNeck:
    return digital_neck()


@pytest.fixture(scope="module")
def the_demo(
    slicer_app: HeadlessSlicer, the_neck: DigitalNeck, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    import contextlib
    import io

    from hnn import case

    folder = tmp_path_factory.mktemp("demo") / "deep" / "results"
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(case, "digital_neck", lambda: the_neck)  # made once: it takes longer than all the rest
        exit_code = main(["demo", "--out", str(folder), "--json"])
    yield Demo(folder, exit_code, json.loads(out.getvalue()), err.getvalue())
    slicer_app.mrmlScene().Clear(0)


@pytest.fixture(scope="module")
def the_scene_of_the_bundle(the_demo: Demo, slicer_app: HeadlessSlicer) -> Iterator[Any]:
    """The scene, emptied and then read from the bundle; no test changes it."""
    import slicer

    scene = slicer_app.mrmlScene()
    scene.Clear(0)
    slicer.util.loadScene(str(the_demo.folder / "case.mrb"))
    yield scene
    scene.Clear(0)


def test_a_demo_ends_well_and_says_nothing_on_standard_error(the_demo: Demo) -> None:
    assert (the_demo.exit_code, the_demo.errors) == (0, "")


def test_all_files_are_there_and_nothing_else(the_demo: Demo) -> None:
    assert sorted(path.name for path in the_demo.folder.iterdir()) == FILES
    assert sorted(the_demo.printed["files"]) == FILES
    assert [path.name for path in the_demo.folder.parent.iterdir()] == ["results"]


def test_measured_sizes_agree_with_the_truth_of_the_sample(the_demo: Demo, the_neck: DigitalNeck) -> None:
    for node in the_demo.reading.nodes or ():
        truth = the_neck.truth.node(node.segment_id or "")
        assert node.greatest_dimension_mm == pytest.approx(truth.greatest_dimension_mm, abs=0.8), node.id


def test_measured_sides_agree_with_the_truth_of_the_sample(the_demo: Demo, the_neck: DigitalNeck) -> None:
    sides = {node.segment_id: node.side for node in the_demo.reading.nodes or ()}

    assert sides == {truth.name: truth.side for truth in the_neck.truth.nodes}


def test_only_the_lowest_node_extends_below_the_cricoid(the_demo: Demo) -> None:
    assert [node.extends_below_cricoid for node in the_demo.reading.nodes or ()] == [False, False, False, False, True]


def test_every_measurement_is_in_the_reading_as_evidence_with_its_method(the_demo: Demo) -> None:
    for node in the_demo.reading.nodes or ():
        found: dict[str, Evidence] = {evidence.kind: evidence for evidence in node.evidence}
        assert {"greatest_dimension", "short_axis", "midline_distance", "depth_below_cricoid"} <= found.keys()
        assert found["greatest_dimension"].value == node.greatest_dimension_mm
        assert found["greatest_dimension"].place is not None
        assert all(evidence.method for evidence in node.evidence)


def test_what_the_neck_was_made_with_is_measured_and_not_copied(the_demo: Demo, the_neck: DigitalNeck) -> None:
    found = {(node.id, each.kind): each for node in the_demo.reading.nodes or () for each in node.evidence}
    contact = the_neck.truth.node("node_5").contact
    assert contact is not None
    angle = found["N5", "contact_angle"]

    assert (angle.structure, angle.evidence_class) == (contact.vessel, EvidenceClass.MET)
    assert angle.value == pytest.approx(contact.angle_deg, abs=angle.uncertainty)
    assert angle.value != contact.angle_deg
    assert found["N2", "fat_spikes"].value == 3
    assert (found["N3", "coalescence"].structure, found["N4", "coalescence"].structure) == ("N4", "N3")
    assert found["N3", "coalescence"].evidence_class is EvidenceClass.MET
    assert found["N5", "infiltration_depth"].structure == "sternocleidomastoid_left"
    assert ("N1", "contact_angle") not in found


def test_the_measurements_are_written_as_well(the_demo: Demo) -> None:
    document = json.loads((the_demo.folder / "measurements.json").read_text(encoding="utf-8"))

    assert document["schema"] == "hnn-measurements/1"
    assert [node["id"] for node in document["nodes"]] == ["N1", "N2", "N3", "N4", "N5"]
    assert document["warnings"] == []


def test_the_report_shows_each_measurement_with_its_figures(the_demo: Demo) -> None:
    report = (the_demo.folder / "report.html").read_text(encoding="utf-8")
    artery = "common carotid artery left"

    for name in (f"N5, {artery}: cross-section", f"N5, {artery}: wall unrolled", f"N5, {artery}: angle along it",
                 "N2: spikes", "N3 and N4: notch between them"):  # fmt: skip
        assert f'aria-label="{name}"' in report
    assert len(report) < 4_000_000


def test_grades_are_those_that_the_nodes_were_made_with(the_demo: Demo, the_neck: DigitalNeck) -> None:
    grades = [node["grade"] for node in the_demo.printed["assessment"]["nodes"]]

    assert grades == [truth.grade for truth in the_neck.truth.nodes] == [0, 1, 2, 2, 3]


def test_the_case_has_the_stage_of_bilateral_nodes_with_grade_3(the_demo: Demo) -> None:
    staging = the_demo.printed["assessment"]["staging"]

    assert staging == {str(each.edition): each.to_json() for each in assess(the_demo.reading).staging}
    assert (staging["UICC9"]["N"], staging["UICC9"]["stage"]) == ("cN3", "III")
    assert (staging["TNM8"]["N"], staging["TNM8"]["stage"]) == ("cN2", "II")


def test_the_segmentation_holds_the_nodes_of_the_sample_and_no_others(the_demo: Demo, the_neck: DigitalNeck) -> None:
    segmentation = read_segmentation(the_demo.folder / "nodes.seg.nrrd")

    assert [segment.name for segment in segmentation.segments] == ["node_1", "node_2", "node_3", "node_4", "node_5"]
    assert segmentation.geometry.matches(the_neck.geometry)
    for segment in segmentation.segments:
        assert segment.is_node
        assert np.array_equal(segment.mask(), the_neck.mask(segment.name))


def test_the_bundle_holds_the_volume(the_scene_of_the_bundle: Any, the_neck: DigitalNeck) -> None:
    import slicer
    from HeadNeckNodesLib.scene.volumes import image_of_volume

    volume = slicer.util.getNode("CT")

    assert np.array_equal(image_of_volume(volume).voxels, the_neck.hu)
    assert image_of_volume(volume).geometry.matches(the_neck.geometry)
    assert (volume.GetDisplayNode().GetWindow(), volume.GetDisplayNode().GetLevel()) == (350.0, 40.0)


def test_the_bundle_holds_segments_with_names_and_codes(the_scene_of_the_bundle: Any, the_neck: DigitalNeck) -> None:
    import slicer
    import vtk

    nodes = slicer.util.getNode("Nodes").GetSegmentation()
    anatomy = slicer.util.getNode("Anatomy").GetSegmentation()

    assert nodes.GetNumberOfSegments() == 5
    assert nodes.GetNumberOfSegments() + anatomy.GetNumberOfSegments() == len(the_neck.segments)
    for segmentation, segment_id, code in (
        (nodes, "node_5", "59441001^Lymph node"),
        (anatomy, "common_carotid_artery_left", "32062004^Common carotid artery~SCT^7771000^Left"),
    ):
        tag = vtk.reference("")
        segmentation.GetSegment(segment_id).GetTag("TerminologyEntry", tag)
        assert f"~SCT^{code}~" in str(tag)


def test_the_bundle_holds_the_reading_as_it_is_in_the_file(the_scene_of_the_bundle: Any, the_demo: Demo) -> None:
    from iENEGraderLib.scene.reading_node import reading_nodes

    written = (the_demo.folder / "reading.json").read_text(encoding="utf-8")

    (node,) = reading_nodes()
    assert node.GetText() == written


def test_the_bundle_holds_a_line_for_every_size(the_scene_of_the_bundle: Any, the_demo: Demo) -> None:
    import slicer

    lines = slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode")
    lengths = {line.GetName(): line.GetLineLengthWorld() for line in lines}

    assert lengths == {
        f"{node.id} greatest dimension": pytest.approx(node.greatest_dimension_mm, abs=0.06)
        for node in the_demo.reading.nodes or ()
    }


def test_the_bundle_is_in_order(the_scene_of_the_bundle: Any, the_demo: Demo) -> None:
    import slicer
    from HeadNeckNodesLib.scene.subject_hierarchy import names_in

    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(the_scene_of_the_bundle)
    case_id = the_demo.reading.case_id
    folder = hierarchy.GetItemByName(f"iENE {case_id}")

    assert names_in(folder) == ["CT", "Nodes", "Anatomy", "Measurements", f"Reading {case_id}"]


def test_the_bundle_opens_with_the_volume_in_the_views(the_scene_of_the_bundle: Any) -> None:
    import slicer

    composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")

    assert composites
    assert {node.GetBackgroundVolumeID() for node in composites} == {slicer.util.getNode("CT").GetID()}


def test_key_images_show_the_image_with_an_outline(the_demo: Demo) -> None:
    for number in range(1, 6):
        picture = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(the_demo.folder / f"key-N{number}.png")))
        assert picture.shape == (546, 1024, 3)
        colourful = np.ptp(picture.astype(int), axis=-1) > 60
        assert 300 < colourful.sum() < 20_000, number
        assert np.unique(picture[..., 0]).size > 100, number


def test_the_report_says_grade_stage_and_notice_and_needs_no_other_file(the_demo: Demo) -> None:
    report = (the_demo.folder / "report.html").read_text(encoding="utf-8")

    assert report.count('src="data:image/png;base64,') == 7  # five nodes, spikes, overview
    assert "cN3" in report
    assert "III" in report
    assert "Simulated" in report
    assert NOTICE in report
    assert 'src="http' not in report


def test_no_result_names_the_folder_it_was_made_in(the_demo: Demo) -> None:
    for name in ("report.html", "reading.json"):
        assert str(the_demo.folder.parent) not in (the_demo.folder / name).read_text(encoding="utf-8")
