"""Run Slicer's own Python tests against the harness, to see how far its stand-ins can be trusted.

    SLICER_SOURCE=/path/to/Slicer python Testing/Harness/harness_check.py

The checkout is only read. Each test file runs in a process of its own. The exit code is 0 when every failure
is one that is known (see KNOWN_FAILURES), 1 otherwise.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import unittest
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TEST_FOLDER = Path("Base/Python/slicer/tests")
TEST_FILES = (
    "test_slicer_parameter_node_wrapper.py",
    "test_slicer_parameter_node_wrapper_guis.py",
    "test_slicer_parameter_node_wrapper_gui_creation.py",
    "test_slicer_parameter_pack.py",
    "test_slicer_util_VTKObservationMixin.py",
    "test_slicer_util_childWidgetVariables.py",
    "test_slicer_util_chdir.py",
    "test_slicer_util_getNodes.py",
    "test_slicer_util_without_modules.py",
)
KNOWN_FAILURES: frozenset[str] = frozenset()
RESULT_MARK = "harness-result:"


@dataclass(frozen=True)
class FileResult:
    """What came of the tests of one file."""

    name: str
    passed: int
    failed: tuple[str, ...]


def run_file(path: Path) -> FileResult:
    """Run the tests of a file in this process."""
    import slicer_harness

    slicer_harness.start()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    failed = {test.id() for test, _ in (*result.failures, *result.errors)}
    return FileResult(path.name, result.testsRun - len(failed), tuple(sorted(failed)))


def run_in_process(path: Path) -> FileResult:
    """Run the tests of a file in a process of its own: one that crashes does not end the others."""
    environment = dict(os.environ)
    folders = [str(HERE), str(HERE.parents[1] / "ReadingRoom"), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(folder for folder in folders if folder)
    command = [sys.executable, __file__, "--file", str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith(RESULT_MARK):
            passed, failed = json.loads(line.removeprefix(RESULT_MARK))
            if failed and "-v" in sys.argv:
                print(done.stderr)
            return FileResult(path.name, passed, tuple(failed))
    print(done.stderr, file=sys.stderr)
    return FileResult(path.name, 0, (f"{path.stem}: did not run to its end",))


def report(results: list[FileResult]) -> int:
    """Print the numbers; return the exit code."""
    for result in results:
        print(f"{result.passed:4d} passed {len(result.failed):3d} failed  {result.name}")
    failures = [name for result in results for name in result.failed]
    passed = sum(result.passed for result in results)
    print(f"{passed:4d} passed {len(failures):3d} failed  in all")
    for name in failures:
        print(f"  {'known' if name in KNOWN_FAILURES else 'NEW'}: {name}")
    print("This compares the harness with Slicer's tests. It does not show that a panel works in Slicer.")
    return int(any(name not in KNOWN_FAILURES for name in failures))


def main() -> int:
    """Run the tests of one file, or those of all files in processes of their own."""
    if "--file" in sys.argv:
        result = run_file(Path(sys.argv[-1]))
        print(RESULT_MARK + json.dumps([result.passed, result.failed]))
        return 0
    source = os.environ.get("SLICER_SOURCE", "")
    folder = Path(source) / TEST_FOLDER
    if not source or not folder.is_dir():
        print(f"set SLICER_SOURCE to a checkout of Slicer; found no {TEST_FOLDER} in '{source}'", file=sys.stderr)
        return 2
    return report([run_in_process(folder / name) for name in TEST_FILES if (folder / name).is_file()])


if __name__ == "__main__":
    sys.exit(main())
