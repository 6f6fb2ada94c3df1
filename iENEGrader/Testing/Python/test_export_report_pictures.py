"""The report shows key images, maps and figures, and every printed page says what it is."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.notice import NOTICE
from iENEGraderLib.export.pdf import NotPrintedError, print_to_pdf
from iENEGraderLib.export.report import report_html
from iENEGraderLib.export.report_content import ImageOrigin, Provenance, ReportDrawing
from iENEGraderLib.export.report_measurements import with_further
from iENEGraderLib.export.report_print import css_string, page_margins
from iENEGraderLib.reading import Evidence
from iENEGraderLib.rules import assess
from teaching_builders import a_marked_reading, parsed

if TYPE_CHECKING:
    from pathlib import Path

PROVENANCE = Provenance("HeadNeckNodes 0", "2030-01-01T00:00:00+00:00", ImageOrigin.SIMULATED, "CT")
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
OPEN_TO_MARKUP = ('a"b', "a\\b", "</style><script>", "a\nb", "Gr\u00fcn", "{}", "*/")


def a_report(*drawings: ReportDrawing) -> str:
    reading = a_marked_reading()
    return report_html(reading, assess(reading), [], PROVENANCE, drawings=drawings)


def test_drawings_stand_together_by_node_and_have_words_for_those_who_cannot_see_them() -> None:
    drawings = [
        ReportDrawing(node, f"{node}: {what}", "At 3 < 4 mm.", SQUARE) for node in ("N1", "N2") for what in "ab"
    ]
    section = parsed(a_report(*drawings)).one("section", aria_labelledby="images")

    rows = section.all("div", class_="drawn")
    assert [[each.text for each in row.all("strong")] for row in rows] == [["N1: a", "N1: b"], ["N2: a", "N2: b"]]
    assert rows[0].all(role="img")[0].attributes["aria-label"] == "N1: a: At 3 < 4 mm."
    assert "Simulated: computed by the software, not a patient." in section.text


def test_a_report_without_pictures_has_no_section_of_them() -> None:
    assert not parsed(a_report()).all("section", aria_labelledby="images")


def test_what_was_measured_besides_stands_with_its_node_and_changes_no_grade() -> None:
    reading = a_marked_reading()
    shown = with_further(reading, {"N2": (Evidence("volume", None, 812.4, "mm3"),)})
    page = parsed(report_html(shown, assess(reading), [], PROVENANCE))

    (second,) = [each for each in page.all("article", class_="measured") if each.one("h3").text.startswith("N2")]
    assert "volume 812.4 mm\u00b3" in second.text
    assert assess(shown) == assess(reading)


def test_the_margins_of_printed_pages_hold_case_notice_and_number() -> None:
    margins = page_margins(f"{a_marked_reading().case_id}: iENE grade and N stage")
    assert css_string(NOTICE) in margins
    assert "counter(page)" in margins
    assert margins in a_report()


@pytest.mark.parametrize("text", OPEN_TO_MARKUP)
def test_no_text_ends_a_string_of_the_style_sheet(text: str) -> None:
    string = css_string(text)
    assert not set(string[1:-1]) & set('"<>{}\n/*')
    assert re.sub(r"\\([0-9a-f]{6})", lambda found: chr(int(found[1], 16)), string[1:-1]) == text


def test_every_printed_page_carries_the_notice_and_its_number(tmp_path: Path) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("needs pdftotext (poppler) to read the printed pages")
    drawings = [ReportDrawing("N1", f"N1: {n}", "Words.", SQUARE) for n in range(40)]
    try:
        print_to_pdf(a_report(*drawings), tmp_path / "report.pdf")
    except NotPrintedError as error:
        pytest.skip(f"no browser to print with: {error}")
    done = subprocess.run([reader, "-layout", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True)
    pages = done.stdout.split("\f")[:-1]

    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert "Not a medical device" in page
        assert f"{number}/{len(pages)}" in page.replace(" ", "")
        assert "iENE grade and N stage" in page
