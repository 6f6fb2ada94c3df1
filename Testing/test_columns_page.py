"""The page of the exported columns is what the export writes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from iENEGraderLib.export.tables.columns import columns
from iENEGraderLib.export.tables.measurement_rows import MEANINGS

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "make_columns_page.py"
PAGE = ROOT / "Docs" / "export-columns.md"


def test_the_page_is_up_to_date_with_the_table() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "iENEGrader"), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def names_on(part: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)


def test_every_column_stands_on_the_page_once_and_in_order() -> None:
    of_nodes, of_measurements = PAGE.read_text(encoding="utf-8").split("\n## One row for each measurement\n")
    assert names_on(of_nodes) == [column.name for column in columns()]
    assert names_on(of_measurements) == list(MEANINGS)


def test_no_meaning_breaks_its_line_of_the_page() -> None:
    for part, bars in zip(PAGE.read_text(encoding="utf-8").split("\n## One row for"), (4, 3), strict=True):
        rows = [line for line in part.splitlines() if line.startswith("| `")]
        assert {line.count("|") for line in rows} == {bars}
