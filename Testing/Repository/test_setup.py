"""The script behind `make demo` and `make test`: what it says, what it installs and what it leaves alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Stands for the interpreter: notes what pip is asked for, and lacks the packages it is told to lack.
PYTHON = """#!/bin/sh
case "$1 $2" in
    "-m pip") echo "pip $*" >>"$LOG" ;;
    scripts/missing_system_packages.py*) echo "$MISSING" ;;
    *) exec "{python}" "$@" ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """A folder with the project's set-up files, and commands that only note that they were called."""

    folder: Path

    def has_command(self, path: str, script: str) -> None:
        command = self.folder / path
        command.parent.mkdir(parents=True, exist_ok=True)
        command.write_text(script, encoding="utf-8")
        command.chmod(0o755)

    def set_up(self, *, missing: str = "", python: str = "") -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "LOG": str(self.folder / "log"),
            "MISSING": missing,
            "PYTHON": python,
        }
        command = ["sh", "scripts/setup.sh", ".venv", "requirements.lock", "--panels"]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def calls(self) -> list[str]:
        log = self.folder / "log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


@pytest.fixture
def a_machine(tmp_path: Path) -> Machine:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    machine = Machine(tmp_path)
    machine.has_command("bin/uname", '#!/bin/sh\n[ "$1" = -s ] && echo Linux || echo x86_64\n')
    machine.has_command("bin/id", "#!/bin/sh\necho 1000\n")
    machine.has_command("bin/sudo", "#!/bin/sh\nexit 1\n")
    machine.has_command("bin/apt-get", '#!/bin/sh\necho "apt-get $*" >>"$LOG"\n')
    machine.has_command(".venv/bin/python", PYTHON.format(python=sys.executable))
    return machine


def test_the_locked_packages_are_installed_with_hashes_and_the_project_without_dependencies(
    a_machine: Machine,
) -> None:
    assert a_machine.set_up().returncode == 0
    lock, project = a_machine.calls()
    assert lock.endswith("--require-hashes -r requirements.lock")
    assert project.endswith("--no-deps --no-build-isolation -e .")


def test_nothing_is_installed_twice(a_machine: Machine) -> None:
    a_machine.set_up()
    first_calls = a_machine.calls()
    result = a_machine.set_up()
    assert (result.returncode, result.stderr) == (0, "")
    assert a_machine.calls() == first_calls


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_pin_is_installed(a_machine: Machine, changed: str) -> None:
    a_machine.set_up()
    with (a_machine.folder / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    a_machine.set_up()
    assert len(a_machine.calls()) == 4
    assert len(list((a_machine.folder / ".venv").glob(".installed-*"))) == 1


def test_a_failed_installation_is_tried_again(a_machine: Machine) -> None:
    a_machine.has_command(".venv/bin/python", PYTHON.format(python=sys.executable).replace('>>"$LOG"', "&& exit 1"))
    assert a_machine.set_up().returncode != 0
    assert list((a_machine.folder / ".venv").glob(".installed-*")) == []


def test_without_rights_the_command_to_type_is_printed(a_machine: Machine) -> None:
    result = a_machine.set_up(missing="libegl1 libgl1-mesa-dri")
    assert result.returncode == 1
    command = "sudo apt-get install --no-install-recommends libegl1 libgl1-mesa-dri"
    assert result.stderr == f"setup: system packages for drawing missing; run: {command}\n"
    assert a_machine.calls() == []


def test_with_rights_missing_packages_are_installed(a_machine: Machine) -> None:
    a_machine.has_command("bin/sudo", '#!/bin/sh\n[ "$1" = -n ] && shift\nexec "$@"\n')
    result = a_machine.set_up(missing="libegl1 libgl1-mesa-dri")
    assert result.returncode == 0
    assert a_machine.calls()[:2] == [
        "apt-get update -qq",
        "apt-get install -qq --no-install-recommends libegl1 libgl1-mesa-dri",
    ]


def test_a_processor_without_slicer_core_is_named(a_machine: Machine) -> None:
    a_machine.has_command("bin/uname", '#!/bin/sh\n[ "$1" = -s ] && echo Linux || echo aarch64\n')
    result = a_machine.set_up()
    assert result.returncode == 1
    assert result.stderr.startswith("setup: no slicer-core package for Linux on aarch64;")
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_python_is_named(a_machine: Machine) -> None:
    shutil.rmtree(a_machine.folder / ".venv")
    result = a_machine.set_up(python="python2.7")
    assert result.returncode == 1
    assert result.stderr.startswith("setup: needs Python 3.11, 3.12 or 3.13 and found none of: python2.7;")
    assert len(result.stderr.splitlines()) == 1


def test_this_machine_lacks_no_library_for_drawing() -> None:
    command = [sys.executable, str(ROOT / "scripts/missing_system_packages.py"), "--panels"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == []


def test_a_library_that_does_not_load_is_missing() -> None:
    program = (
        "import missing_system_packages as packages\n"
        "packages.VIEW_LIBRARIES['libnowhere.so.9'] = 'libnowhere9'\n"
        "packages.DRIVER_FOLDERS.clear()\n"
        "print(*packages.missing_packages(panels=False))"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT / "scripts", capture_output=True, text=True, check=True
    ).stdout
    assert {"libgl1-mesa-dri", "libnowhere9"} <= set(output.split())
