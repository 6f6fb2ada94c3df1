"""The page of the protocol recommendations shows the tables as they are, with an anchor for every criterion."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PWIProtocolLib.protocol.agents import agents
from PWIProtocolLib.protocol.recommendations import panel_recommendations

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "make_recommendations_page.py"
PAGE = ROOT / "Docs" / "protocol-recommendations.md"


@pytest.fixture(scope="module")
def the_page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_page_is_up_to_date_with_the_tables() -> None:
    folders = os.pathsep.join(str(ROOT / name) for name in ("iENEGrader", "PWIProtocol"))
    environment = {"PYTHONPATH": folders, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_every_recommendation_stands_on_the_page_with_its_limits(the_page: str) -> None:
    rules = panel_recommendations()
    for each in (*rules.criteria, *rules.analysis):
        line = next(line for line in the_page.splitlines() if f'<a id="{each.criterion_id}"></a>' in line)
        assert each.statement in line
        assert each.why in line
        for limit in each.limits:
            assert f"{limit.value:g} {limit.unit}" in line
    for indication in rules.indications:
        assert f"**{indication.title}**" in the_page
        assert indication.recommended.words in the_page


def test_every_agent_stands_on_the_page_with_concentration_and_dose(the_page: str) -> None:
    for each in agents():
        line = next(line for line in the_page.splitlines() if line.startswith(f"| **{each.name}** "))
        assert f"| {each.concentration_mmol_per_ml:g} | {each.dose_mmol_per_kg:g} |" in line


def test_links_within_the_page_lead_somewhere_and_tables_are_well_formed(the_page: str) -> None:
    assert set(re.findall(r"\]\(#([^)]+)\)", the_page)) <= set(re.findall(r'<a id="([^"]+)"></a>', the_page))
    for block in re.findall(r"(?:^\|.*\n)+", the_page, re.M):
        columns = {line.replace("\\|", "").count("|") for line in block.splitlines()}
        assert len(columns) == 1, block[:200]
