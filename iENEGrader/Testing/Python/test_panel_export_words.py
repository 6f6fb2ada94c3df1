"""What the panel says of an export is said in words of the panel."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import iENEGraderLib.export
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.export.dicom.seg import Algorithm, AlgorithmKind, SegmentationForm
from iENEGraderLib.export.job.registry import TARGETS
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.panel.export.drawn_by import DrawnBy, drawn_by_from
from iENEGraderLib.panel.export.export_words import FORM_WORDS, IN_PANEL, ORIGIN_WORDS, SHORT_TITLES, in_panel_words

OPTION = re.compile(r"(?<![\w-])--[a-z]|\bhnn [a-z]")
EXPORT = Path(iENEGraderLib.export.__path__[0])
NEVER_SEEN_HERE = ("registry.py", "pdf.py")
"""Names of targets are not typed in the panel; the other gives options to a browser."""


def messages(folder: Path) -> list[str]:
    """All texts of a package that name an option of the command line; comments of modules and functions left out."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        said_of = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
        if file.name not in NEVER_SEEN_HERE:
            found += [str(node.value) for node in texts if id(node) not in said_of and OPTION.search(str(node.value))]
    return found


def test_no_message_of_an_export_sends_the_user_to_the_command_line() -> None:
    told = messages(EXPORT / "job") + messages(EXPORT / "deidentify") + messages(EXPORT / "dicom")
    assert len(told) >= 5
    assert [text for text in map(in_panel_words, told) if OPTION.search(text)] == []


def test_a_message_names_the_control_that_stands_for_an_option() -> None:
    assert in_panel_words("--deface: is a part of it (--deidentify on)") == (
        "take the face away: is a part of it (de-identify)"
    )


def test_every_sentence_that_is_replaced_is_one_that_is_said() -> None:
    text = "\n".join(re.sub(r'"\s*\n\s*f?"', "", file.read_text(encoding="utf-8")) for file in EXPORT.rglob("*.py"))
    assert [sentence for sentence in IN_PANEL if sentence not in text] == []


def test_everything_that_can_be_chosen_has_words() -> None:
    assert set(SHORT_TITLES) == {target.name for target in TARGETS}
    assert set(FORM_WORDS) == set(SegmentationForm)
    assert set(ORIGIN_WORDS) == set(ImageOrigin) - {ImageOrigin.NONE}


@pytest.mark.parametrize("drawn", [DrawnBy(), DrawnBy("MANUAL"), DrawnBy("AUTOMATIC", "Total: Segmentator", "2,4")])
def test_who_drew_is_remembered_as_one_line(drawn: DrawnBy) -> None:
    assert drawn_by_from(drawn.to_text()) == drawn


def test_a_program_counts_for_what_was_not_drawn_by_hand_alone() -> None:
    assert DrawnBy("MANUAL", "left over", "1").algorithm("Nodes") == Algorithm(AlgorithmKind.MANUAL)
    assert DrawnBy("", "left over", "1").algorithm("Nodes") is None
    with pytest.raises(InputError, match="Nodes are automatic: give the name and the version"):
        DrawnBy("AUTOMATIC", "nnU-Net").algorithm("Nodes")
