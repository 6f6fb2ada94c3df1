"""The harness starts once, takes over a running application, and ends without a trace."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def test_starting_twice_gives_the_same_application(an_application: Any) -> None:
    import slicer
    import slicer_harness

    assert slicer_harness.start() is an_application
    assert slicer.app is an_application


def test_a_running_headless_application_gains_qt() -> None:
    script = (
        "from hnn.headless import HeadlessSlicer; headless = HeadlessSlicer.start(); scene = headless.mrmlScene();"
        "import slicer_harness; app = slicer_harness.start();"
        "import qt, slicer; assert app is headless and slicer.mrmlScene is scene; print(qt.QLabel('N1').text)"
    )
    done = run_python(script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "N1\n", "")


PROCESS_WITH_A_PANEL = """
import sys
import slicer_harness
app = slicer_harness.start()
module = app.loadModule(sys.argv[1])
import qt, slicer
from hnn.headless import SliceView, ThreeDView
slicer.util.selectModule("NodeCounter")
app.mainWindow().show()
window = qt.QWidget()
window.show()
views = [SliceView(), ThreeDView()]
for view in views:
    view.render()
app.processEvents()
"""


def run_python(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("", 0),
        ("app.exit()", 0),
        ("app.exit(3)", 3),
        ("window.connect('objectNameChanged(QString)', lambda _: app.exit(3)); window.objectName = 'last'", 3),
    ],
)
def test_a_process_with_panel_and_views_ends_quietly_and_leaves_nothing_behind(
    an_entry_file: Path, tmp_path: Path, ending: str, code: int
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    done = run_python(PROCESS_WITH_A_PANEL + ending, str(an_entry_file), TMPDIR=str(folder))
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")
    assert list(folder.iterdir()) == []


def test_other_messages_of_qt_are_still_printed() -> None:
    done = run_python("import slicer_harness; slicer_harness.start(); import qt; qt.qWarning('no such font')")
    assert (done.returncode, done.stderr) == (0, "no such font\n")
