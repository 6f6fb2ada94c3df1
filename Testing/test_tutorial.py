"""The tutorial is true: its steps are done on a coarse sample case, and the document holds what the page names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hnn.cli.main import main
from iENEGraderLib.reading import (
    Certainty,
    FindingKind,
    MarkKind,
    NeckLevel,
    Reading,
    Side,
    Site,
    TCategory,
    YesNo,
    is_intact,
    load_reading,
    reading_from_text,
)
from iENEGraderLib.rules import Edition, assess
from iENEGraderLib.sample import DigitalNeck, digital_neck

if TYPE_CHECKING:
    from collections.abc import Iterator

    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "Docs" / "tutorial.md"
SPACING_MM = (0.9, 0.9, 1.0)
VIEW_SIZE = (300, 300)
MOST_BYTES = 200_000
UNEQUIVOCAL = Certainty.UNEQUIVOCAL
SPIKES, ARTERY, MUSCLE = FindingKind.FAT_SPIKES, FindingKind.ARTERY_ENCASEMENT, FindingKind.MUSCLE_INVASION
COALESCENCE = (
    FindingKind.FAT_PLANE_LOST_BETWEEN_NODES,
    FindingKind.CONVEXITY_LOST_AT_CONTACT,
    FindingKind.BOUNDARIES_MERGED,
)


@pytest.fixture(scope="module")
def the_page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def the_neck() -> DigitalNeck:
    return digital_neck(spacing_mm=SPACING_MM)


@pytest.fixture
def the_steps(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module with the steps that the pictures are made by."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import tutorial_steps

    return tutorial_steps


@pytest.fixture
def a_tutorial(
    a_user: PanelUser, the_neck: DigitalNeck, the_steps: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Any]:
    """The user and the views of the tutorial; the button of Sample Data makes the coarse case."""
    monkeypatch.setattr("iENEGraderLib.panel.sample_case.digital_neck", lambda: the_neck)
    tutorial = the_steps.Tutorial(a_user, the_neck, tmp_path, VIEW_SIZE)
    yield tutorial
    tutorial.close()


def has(reading: Reading, node_id: str, kind: FindingKind) -> bool:
    return reading.node(node_id).certainty_of(kind) is UNEQUIVOCAL


def sample_is_loaded(tutorial: Any, reading: Reading) -> None:
    assert reading.reader == "sample"
    assert len(reading.nodes or ()) == 5


def case_is_entered(tutorial: Any, reading: Reading) -> None:
    assert (reading.case_id, reading.reader, reading.nodes) == ("digital-neck-0", "AB", ())
    assert (reading.site, reading.primary_side, reading.t_category) == (Site.OROPHARYNX, Side.RIGHT, TCategory.T2)
    assert (reading.recent_biopsy, reading.prior_treatment, reading.clinical_ene) == (YesNo.YES, YesNo.NO, False)
    assert tutorial.panel.caseSection.readingBox.count == 1, "blinded: the other reading is not offered"


def nodes_are_there(tutorial: Any, reading: Reading) -> None:
    found = [(node.id, node.side, node.level, node.segment_id) for node in reading.nodes or ()]
    assert found == [
        ("N1", Side.RIGHT, NeckLevel.IIA, "node_1"),
        ("N2", Side.RIGHT, NeckLevel.III, "node_2"),
        ("N3", Side.LEFT, NeckLevel.IIA, "node_3"),
        ("N4", Side.LEFT, NeckLevel.III, "node_4"),
        ("N5", Side.LEFT, NeckLevel.IV, "node_5"),
    ]
    for node in reading.nodes or ():
        truth = tutorial.neck.truth.node(node.segment_id)
        assert node.greatest_dimension_mm == pytest.approx(truth.greatest_dimension_mm, abs=1.5)


def nothing_counts_yet(tutorial: Any, reading: Reading) -> None:
    assert all(node.evidence and not node.findings for node in reading.nodes or ())
    assert tutorial.user.message.startswith("Measured N1, N2, N3, N4, N5")
    assert "!" in tutorial.user.table[1][4]


def certainties_are_set(tutorial: Any, reading: Reading) -> None:
    assert reading.node("N1").certainty_of(SPIKES) is Certainty.ABSENT
    assert reading.node("N2").certainty_of(MUSCLE) is Certainty.EQUIVOCAL
    assert tutorial.user.table[1][4] == "0? !"


def spike_is_marked(tutorial: Any, reading: Reading) -> None:
    node = reading.node("N2")
    assert [mark.kind for mark in node.marks] == [MarkKind.FAT_SPIKE, MarkKind.PLACE, MarkKind.PLACE]
    longest = max(each.length_mm for each in tutorial.neck.truth.node("node_2").spikes)
    assert node.marks[0].length_mm == pytest.approx(longest, abs=2.0)
    assert node.marks[0].note.startswith("tip set on that of the measured candidate")
    assert has(reading, "N2", SPIKES)


def contact_is_read(tutorial: Any, reading: Reading) -> None:
    for node_id, partner in (("N3", "N4"), ("N4", "N3")):
        assert all(has(reading, node_id, kind) for kind in COALESCENCE)
        assert {mark.partner for mark in reading.node(node_id).marks} == {partner}


def encasement_is_read(tutorial: Any, reading: Reading) -> None:
    contact = tutorial.neck.truth.node("node_5").contact
    kept = [each for each in reading.node("N5").evidence if each.kind == "contact_angle"]
    angles = {each.structure: each.value for each in kept}
    assert angles[contact.vessel] == pytest.approx(contact.angle_deg, abs=15)
    assert has(reading, "N5", ARTERY)


def invasion_is_read(tutorial: Any, reading: Reading) -> None:
    (mark,) = (each for each in reading.node("N5").marks if each.finding is MUSCLE)
    assert (mark.kind, mark.structure, mark.contiguous_sections) == (MarkKind.PLACE, "sternocleidomastoid_left", 4)
    assert has(reading, "N5", MUSCLE)


def result_is_explained(tutorial: Any, reading: Reading) -> None:
    strip = tutorial.panel.resultStrip
    assert "recent biopsy" in strip.details.plainText
    strip.whatIfButton.click()
    assert "in doubt, if unequivocal: muscle invaded → grade 3" in strip.details.plainText
    strip.whyButton.click()
    assert "cN3: bilateral nodes, none over 6 cm, with unequivocal iENE of any grade" in strip.details.plainText
    strip.cautionsButton.click()


def case_is_saved(tutorial: Any, reading: Reading) -> None:
    import slicer

    saved = load_reading(tutorial.folder / "reading.json")
    assert saved == reading
    assert saved.signature is not None
    assert saved.signature.by == "AB"
    assert is_intact(saved)
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tutorial.folder / "case.mrb"))
    texts = [node.GetText() for node in slicer.util.getNodesByClass("vtkMRMLTextNode")]
    assert saved in [reading_from_text(text) for text in texts if "hnn-reading" in text]


# Grade of the patient, and N and stage in UICC TNM 9 and in TNM 8, after each step that the page names them after.
EXPECTED = {
    "load": (sample_is_loaded, 3, "cN3 · III", "cN2 · II"),
    "case": (case_is_entered, None, "cN0 · I", "cN0 · I"),
    "nodes": (nodes_are_there, 0, "cN2 · II", "cN2 · II"),
    "measure": (nothing_counts_yet, 0, "cN2 · II", "cN2 · II"),
    "certainty": (certainties_are_set, 0, "cN2 · II", "cN2 · II"),
    "spike": (spike_is_marked, 1, "cN3 · III", "cN2 · II"),
    "coalescence": (contact_is_read, 2, "cN3 · III", "cN2 · II"),
    "vessel": (encasement_is_read, 3, "cN3 · III", "cN2 · II"),
    "invasion": (invasion_is_read, 3, "cN3 · III", "cN2 · II"),
    "result": (result_is_explained, 3, "cN3 · III", "cN2 · II"),
    "save": (case_is_saved, 3, "cN3 · III", "cN2 · II"),
}


def test_every_step_does_what_the_page_says(
    a_tutorial: Any, the_steps: Any, the_page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = re.split(r"^## Step \d+: .*$", the_page, flags=re.MULTILINE)[1:]
    for step, part in zip(the_steps.STEPS, parts, strict=False):
        step.do(a_tutorial)
        a_tutorial.user.application.processEvents()
        assert a_tutorial.user.application.uncaughtErrors == []
        reading = a_tutorial.user.reading
        check, grade, uicc9, tnm8 = EXPECTED[step.name]
        assessment = assess(reading)
        if grade is not None:
            assert assessment.grade == grade, step.name
        for edition, value in ((Edition.UICC9, uicc9), (Edition.TNM8, tnm8)):
            result = assessment.edition(edition)
            assert f"{result.n} · {result.stage}" == value, step.name
        shown = "–" if grade is None else grade
        assert f"**Result now:** grade {shown}; UICC 9 {uicc9}; TNM 8 {tnm8}." in part, step.name
        check(a_tutorial, reading)
    assert main(["stage", str(a_tutorial.folder / "reading.json")]) == 0
    printed = re.findall(r"^.*: c?N\d.* stage .*$", capsys.readouterr().out, flags=re.MULTILINE)
    assert len(printed) == len(Edition)
    assert "\n".join(printed) in parts[-1]


def test_every_step_has_its_pictures_and_no_picture_is_left_over(the_steps: Any, the_page: str) -> None:
    names = [*(f"tutorial-{step.number:02d}-{step.name}.png" for step in the_steps.STEPS), "tutorial-12-hnn.png"]
    shown = re.findall(r"\]\(screenshots/(tutorial-[^)]+)\)", the_page)
    assert shown == names
    assert sorted(path.name for path in (ROOT / "Docs" / "screenshots").glob("tutorial-*.png")) == names


def test_pictures_are_small(the_page: str) -> None:
    paths = list((ROOT / "Docs" / "screenshots").glob("tutorial-*.png"))
    assert {path.name: path.stat().st_size for path in paths if path.stat().st_size > MOST_BYTES} == {}


def test_the_page_names_buttons_as_the_panel_does(a_user: PanelUser, the_page: str) -> None:
    import qt

    texts = [button.text for button in a_user.panel.findChildren(qt.QAbstractButton)]
    actions = [action.text for action in a_user.panel.nodesSection.addMenu.actions()]
    known = {text.replace("&", "").removesuffix(" ▾").partition(" (")[0] for text in (*texts, *actions)}
    later = {"Keep as evidence", "Mark spike", "Mark place", "Unlock"}
    assert set(re.findall(r"\[([A-Za-z][^\]]+)\](?!\()", the_page)) <= known | later
    assert set(re.findall(r"row \*([^*]+)\*", the_page)) == {"Fat spikes", "Muscle", "Artery encased"}
    assert {"Fat spikes", "Muscle", "Artery encased"} <= known


def test_a_step_that_was_changed_without_the_page_is_noticed(the_steps: Any) -> None:
    assert [step.name for step in the_steps.STEPS] == list(EXPECTED)
