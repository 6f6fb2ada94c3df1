"""`hnn stage`: the contract on standard output, one line on standard error, and the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hnn.cli import main as cli
from hnn.cli import stage
from hnn.cli.main import main
from iENEGraderLib.reading import reading_from_json
from iENEGraderLib.rules import assess

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
READING: dict[str, Any] = {
    "schema": "hnn-reading/1",
    "case_id": "X1",
    "reader": "R1",
    "read_at": "2026-11-22T10:00:00Z",
    "site": "oropharynx",
    "p16": "positive",
    "primary_side": "right",
    "T": "T2",
    "M": "M0",
    "recent_biopsy": "no",
    "prior_treatment": "no",
    "nodes": [
        {
            "id": "N1",
            "side": "right",
            "level": "IIA",
            "greatest_dimension_mm": 24.0,
            "findings": {"fat_spikes": "unequivocal", "muscle_invasion": "equivocal"},
        }
    ],
}
NODE = READING["nodes"][0]


@pytest.fixture
def a_file(tmp_path: Path) -> Callable[[object], str]:
    """Write a reading document and return its path."""

    def write(content: object) -> str:
        path = tmp_path / "reading.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    return write


def run_hnn(*arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("iENEGrader", "PWIProtocol", "ReadingRoom"))
    return subprocess.run(
        [sys.executable, "-m", "hnn.cli.main", *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": paths} | environment,
        check=False,
    )


def test_a_reading_is_staged_as_json(a_file: Callable[[object], str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stage", a_file(READING), "--json"]) == 0

    out, err = capsys.readouterr()
    result = json.loads(out)
    assert err == ""
    assert list(result) == ["nodes", "grade", "staging", "tors_iene_criterion", "tors_reason", "warnings"]
    assert list(result["staging"]) == ["UICC9", "AJCC_current", "TNM8"]
    assert result["grade"] == 1
    assert result["nodes"][0]["id"] == "N1"
    assert result["nodes"][0]["equivocal"] == ["muscle_invasion"]
    assert [(each["N"], each["stage"]) for each in result["staging"].values()] == [
        ("cN2", "II"),
        ("cN2", "II"),
        ("cN1", "I"),
    ]


def test_the_json_is_what_the_rules_say(a_file: Callable[[object], str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["stage", a_file(READING), "--json"])

    assert json.loads(capsys.readouterr().out) == assess(reading_from_json(READING)).to_json()


def test_the_summary_names_grade_stage_reasons_and_the_notice(
    a_file: Callable[[object], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stage", a_file(READING)]) == 0

    out = capsys.readouterr().out
    assert "N1  right, level IIA  24.0 mm  grade 1  (equivocal: muscle invaded)" in out
    for edition in assess(reading_from_json(READING)).staging:
        assert f"{edition.title}: {edition.n} stage {edition.stage}" in out
    assert "Not a medical device" in out
    assert all(len(line) <= 100 for line in out.splitlines())


def test_a_document_comes_from_standard_input() -> None:
    done = run_hnn("stage", "-", "--json", given=json.dumps(READING | {"case_id": "Größe"}))

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["grade"] == 1


def test_names_that_the_terminal_cannot_show_do_not_stop_the_command() -> None:
    done = run_hnn("stage", "-", given=json.dumps(READING | {"case_id": "Größe"}), PYTHONIOENCODING="ascii")

    assert done.returncode == 0
    assert "Gr\\xf6\\xdfe" in done.stdout


BAD_DOCUMENTS = {
    "an empty file": ("", "empty"),
    "cut short": (json.dumps(READING)[:100], "not readable as JSON"),
    "a list": ("[]", "expected an object"),
    "another schema": (READING | {"schema": "hnn-reading/9"}, "schema"),
    "an unknown site": (READING | {"site": "oropharinx"}, 'did you mean "oropharynx"'),
    "an unknown field": (READING | {"p61": "positive"}, 'did you mean "p16"'),
    "an unknown side": (READING | {"nodes": [NODE | {"side": "rigth"}]}, "nodes[0].side"),
    "an unknown level": (READING | {"nodes": [NODE | {"level": "IIC"}]}, "nodes[0].level"),
    "an unknown finding": (READING | {"nodes": [NODE | {"findings": {"spikes": "absent"}}]}, "nodes[0].findings"),
    "an unknown certainty": (
        READING | {"nodes": [NODE | {"findings": {"fat_spikes": "probable"}}]},
        "nodes[0].findings.fat_spikes",
    ),
    "a size of nothing": (READING | {"nodes": [NODE | {"greatest_dimension_mm": 0}]}, "greatest_dimension_mm"),
    "two nodes of one name": (READING | {"nodes": [NODE, NODE]}, "stands twice"),
    "neither tumour nor node": (READING | {"T": "T0", "nodes": []}, "T0 N0"),
}


@pytest.mark.parametrize(("document", "named"), BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS.keys())
def test_a_document_that_cannot_be_used_gives_one_line_and_exit_code_2(
    document: object, named: str, a_file: Callable[[object], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stage", a_file(document), "--json"]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert named in err


BAD_COMMANDS = {
    "no command": [],
    "an unknown command": ["stgae"],
    "no file": ["stage"],
    "an unknown option": ["stage", "x.json", "--jsno"],
    "a missing file": ["stage", "missing.json"],
    "a folder": ["stage", str(ROOT)],
    "a program": ["stage", sys.executable],
}


@pytest.mark.parametrize("arguments", BAD_COMMANDS.values(), ids=BAD_COMMANDS.keys())
def test_a_wrong_command_line_gives_one_line_and_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("hnn: ")


def test_standard_input_that_is_no_text_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hnn.cli.main", "stage", "-"],
        input=b"\xff\xfe\x00",
        capture_output=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "iENEGrader"), str(ROOT / "ReadingRoom")])},
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.decode().startswith("hnn: standard input: not a text")


def test_a_fault_of_our_own_is_one_line_without_what_was_in_the_data(
    a_file: Callable[[object], str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_reading: object) -> None:
        raise KeyError("Doe, Jane")

    monkeypatch.setattr(stage, "assess", broken)
    monkeypatch.delenv(cli.DEBUG_VARIABLE, raising=False)

    assert main(["stage", a_file(READING)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "KeyError" in err
    assert "please report" in err
    assert "Doe" not in err


def test_a_fault_of_our_own_shows_where_when_asked_to(
    a_file: Callable[[object], str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "assess", None)
    monkeypatch.setenv(cli.DEBUG_VARIABLE, "1")

    assert main(["stage", a_file(READING)]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_somebody_who_stops_the_command_gets_one_line(
    a_file: Callable[[object], str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_reading: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stage, "assess", interrupted)

    assert main(["stage", a_file(READING)]) == 130
    assert capsys.readouterr().err.count("\n") == 1


def test_a_reader_that_closes_the_pipe_early_is_no_error(a_file: Callable[[object], str]) -> None:
    paths = os.pathsep.join([str(ROOT / "iENEGrader"), str(ROOT / "ReadingRoom")])
    process = subprocess.Popen(
        [sys.executable, "-m", "hnn.cli.main", "stage", a_file(READING), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()

    assert process.wait(60) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("hnn ")


def test_staging_loads_neither_slicer_nor_vtk() -> None:
    code = "import sys, hnn.cli.main; print(sorted({'slicer', 'vtk', 'vtkmodules'} & set(sys.modules)))"
    paths = os.pathsep.join([str(ROOT / "iENEGrader"), str(ROOT / "ReadingRoom")])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
        check=True,
    )

    assert done.stdout.strip() == "[]"
