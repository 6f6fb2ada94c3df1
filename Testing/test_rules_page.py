"""The staging rules page shows the tables as they are, with an anchor for every rule and every source."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from iENEGraderLib.reading import Certainty, FindingKind, MarkerStatus, NeckLevel, Node, Reading, Side, Site, TCategory
from iENEGraderLib.rules import assess

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "make_rules_page.py"
PAGE = ROOT / "Docs" / "staging-rules.md"
UNEQUIVOCAL = Certainty.UNEQUIVOCAL


@pytest.fixture(scope="module")
def the_page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_page_is_up_to_date_with_the_tables() -> None:
    environment = {"PYTHONPATH": str(ROOT / "iENEGrader"), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_every_link_within_the_page_has_its_place_and_every_place_is_there_once(the_page: str) -> None:
    places = re.findall(r'<a id="([^"]+)"></a>', the_page)
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", the_page, re.M)
    }
    assert len(places) == len(set(places))
    assert set(re.findall(r"\]\(#([^)]+)\)", the_page)) - set(places) - headings == set()


def test_rules_that_lead_to_a_result_stand_in_the_page(the_page: str) -> None:
    spikes = Node("N1", Side.RIGHT, NeckLevel.IIA, greatest_dimension_mm=29.5).with_finding(
        FindingKind.FAT_SPIKES, UNEQUIVOCAL
    )
    muscle = Node("N2", Side.LEFT, NeckLevel.VI).with_finding(FindingKind.MUSCLE_INVASION, UNEQUIVOCAL)
    traced = set()
    for site, p16, nodes in product(Site, MarkerStatus, [(spikes,), (muscle,), (spikes, muscle), ()]):
        t_category = TCategory.T0 if site is Site.UNKNOWN_PRIMARY else TCategory.T2
        reading = Reading("X", site=site, p16=p16, t_category=t_category, primary_side=Side.RIGHT, nodes=nodes)
        assessment = assess(reading)
        for result in (*assessment.nodes, *assessment.staging):
            traced |= {trace.rule_id for trace in result.trace}
    assert len(traced) > 60
    assert [rule_id for rule_id in sorted(traced) if f'<a id="{rule_id}"></a>' not in the_page] == []


def test_tables_are_well_formed(the_page: str) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", the_page, re.M):
        columns = {line.replace("\\|", "").count("|") for line in block.splitlines()}
        assert len(columns) == 1, block[:200]
