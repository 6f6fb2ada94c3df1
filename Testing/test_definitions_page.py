"""The page of definitions shows every finding of the table with a drawing of what counts and what does not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from iENEGraderLib.reading import FindingKind
from iENEGraderLib.rules.criteria import criteria

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "make_definitions_page.py"
DOCS = ROOT / "Docs"
SVG = "{http://www.w3.org/2000/svg}"
WIDEST_LETTER = 0.62
"""Mean width of a letter in wide system fonts, as share of its size."""


@pytest.fixture(scope="module")
def the_page() -> str:
    return (DOCS / "definitions.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=list(FindingKind), ids=str)
def a_drawing(request: pytest.FixtureRequest) -> ET.Element:
    name = f"finding-{request.param.replace('_', '-')}.svg"
    return ET.fromstring((DOCS / "figures" / name).read_text(encoding="utf-8"))


def run_check(script: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(ROOT / "iENEGrader"), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(script), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_page_and_drawings_are_up_to_date_with_the_table() -> None:
    done = run_check(SCRIPT)
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_the_check_names_what_is_stale_missing_and_left_over(tmp_path: Path) -> None:
    scripts, figures = tmp_path / "scripts", tmp_path / "Docs" / "figures"
    scripts.mkdir()
    figures.mkdir(parents=True)
    (scripts / SCRIPT.name).write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    shutil.copytree(SCRIPT.parent / "definition_drawings", scripts / "definition_drawings")
    for path in (DOCS / "figures").glob("finding-*.svg"):
        (figures / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    page = (DOCS / "definitions.md").read_text(encoding="utf-8")
    (figures.parent / "definitions.md").write_text(page.replace("270 degrees", "250 degrees"), encoding="utf-8")
    (figures / "finding-fat-spikes.svg").unlink()
    (figures / "finding-of-old.svg").write_text("<svg/>", encoding="utf-8")
    done = run_check(scripts / SCRIPT.name)
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "Docs/definitions.md",
        "Docs/figures/finding-fat-spikes.svg",
        "Docs/figures/finding-of-old.svg",
    ]


def test_every_finding_stands_in_the_page_with_its_words_and_its_drawing(the_page: str) -> None:
    for each in criteria():
        part = the_page.split(f'<a id="{each.kind}"></a>')[1].split("\n### ", maxsplit=1)[0]
        assert part.startswith(each.title)
        assert each.definition in part
        assert each.not_enough in part
        assert f"Confidence: {each.confidence}" in part
        assert all(f"#source-{key})" in part for key in each.sources)
        assert f"](figures/finding-{each.kind.replace('_', '-')}.svg)" in part


def test_the_grade_of_each_finding_is_that_of_the_rules(the_page: str) -> None:
    grades = dict(re.findall(r'<a id="(\w+)"></a>.*?\*\*Grade\.\*\* (.*?)\n', the_page, re.S))
    assert grades["fat_spikes"] == "1, when unequivocal."
    assert grades["muscle_invasion"] == "3, when unequivocal."
    assert grades["central_necrosis"] == "None: recorded, never counted."
    assert grades["flare_sign"] == "None by itself."
    assert grades["pathological_ene"] == "None: counts for pN only."
    assert grades["boundaries_merged"] == (
        "2, only together with [Fat plane between nodes lost](#fat_plane_lost_between_nodes) and "
        "[Convexity lost at the contact](#convexity_lost_at_contact), all unequivocal."
    )


def test_every_link_of_the_page_leads_somewhere(the_page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", the_page):
        name, _, place = target.partition("#")
        text = (DOCS / name).read_text(encoding="utf-8") if name else the_page
        headings = re.findall(r"^#+ (.*)$", text, re.M)
        anchors = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
        assert not place or f'<a id="{place}"></a>' in text or place in anchors, target


def test_a_drawing_tells_in_words_what_it_shows(a_drawing: ET.Element, the_page: str) -> None:
    description = a_drawing.findtext(f"{SVG}desc") or ""
    assert a_drawing.findtext(f"{SVG}title") in {each.title for each in criteria()}
    assert description.startswith("Left, ")
    assert "Right, " in description
    assert f"{description}](figures/" in the_page


def test_a_drawing_has_two_panels_of_one_size_and_the_common_legend(a_drawing: ET.Element) -> None:
    panels = a_drawing.findall(f"{SVG}svg")
    assert [(panel.get("width"), panel.get("height")) for panel in panels] == [("226", "200")] * 2
    words = [each.text for each in a_drawing.iter(f"{SVG}text")]
    for name in ("fat", "node", "artery", "vein", "muscle"):
        assert name in words


def test_words_of_a_drawing_are_large_enough_for_320_pixels_and_stay_within_their_frame(
    a_drawing: ET.Element,
) -> None:
    scale = 320 / float(a_drawing.get("width", "nan"))
    for frame in (each for each in a_drawing.iter() if each.tag == f"{SVG}svg"):
        inner = {text for part in frame.iter(f"{SVG}svg") if part is not frame for text in part.iter(f"{SVG}text")}
        for text in (each for each in frame.iter(f"{SVG}text") if each not in inner):
            size, x = float(text.get("font-size", "nan")), float(text.get("x", "nan"))
            assert size * scale >= 10
            width = WIDEST_LETTER * size * len(text.text or "")
            left = x - {"start": 0, "middle": width / 2, "end": width}[text.get("text-anchor", "start")]
            assert left >= 0, text.text
            assert left + width <= float(frame.get("width", "nan")), text.text


def test_contacts_are_drawn_with_the_angles_that_they_are_labelled_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from definition_drawings.shapes import centre_for_contact
    from definition_drawings.vessels import BELOW_DEG, BETWEEN_DEG, ENCASED_DEG

    assert BELOW_DEG < 180 < BETWEEN_DEG < 270 < ENCASED_DEG
    around = np.radians(np.arange(0, 360, 0.1))
    rim = np.array([76, 50]) + 17 * np.column_stack([np.cos(around), np.sin(around)])
    for contact_deg in (BELOW_DEG, BETWEEN_DEG):
        inside = np.hypot(*(rim - centre_for_contact((76, 50), 17, 40, contact_deg)).T) < 40
        assert 360 * inside.mean() == pytest.approx(contact_deg, abs=0.3)
