"""Time the reading of 2,400 headers of a dynamic against pydicom and dicompare, on the same files in one run.

Run from the root of the project: ``make bench`` or ``python Testing/Benchmarks/bench_headers.py``. dicompare has an
environment of its own (``python -m venv there; there/bin/pip install dicompare``), whose interpreter the variable
DICOMPARE_PYTHON names (``make bench DICOMPARE_PYTHON=there/bin/python``). All times are CPU times, the best of some
runs, with the files in the cache of the system.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "iENEGrader"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "PWIProtocol"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "PWIProtocol" / "Testing" / "Python"))

from PWIProtocolLib.protocol.frames import frame_times
from PWIProtocolLib.protocol.headers import read_header
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.headers.walk import walk_file
from PWIProtocolLib.protocol.study import read_study
from study_builders import IMPLICIT, LITTLE, write_dynamic

if TYPE_CHECKING:
    from collections.abc import Callable

FRAMES, SLICES = 60, 40
REPEATS = 5
CHECKED = (Tag.RepetitionTime, Tag.EchoTime, Tag.FlipAngle, Tag.SliceThickness, Tag.InstanceNumber, Tag.Rows)
DICOMPARE = """
import contextlib, io, os, sys
from dicompare.io import load_dicom_session
start = sum(os.times()[:4])
with contextlib.redirect_stdout(io.StringIO()):
    frame = load_dicom_session(session_dir=sys.argv[1], show_progress=False)
print(len(frame), sum(os.times()[:4]) - start)
"""


def like_a_scanner(data: Any) -> None:
    """Add what vendors write besides: patient and station module, private elements, a large private header."""
    for number in range(40):
        data.add_new((0x0019, 0x1000 + number), "DS", f"{number * 1.25}")
    data.add_new((0x0019, 0x0010), "LO", "A VENDOR HEADER")
    data.add_new((0x0029, 0x0010), "LO", "ANOTHER HEADER")
    data.add_new((0x0029, 0x1010), "OB", bytes(11000))
    data.add_new((0x0029, 0x1020), "OB", bytes(90000))


def make_files(folder: Path, syntax: str) -> list[Path]:
    """Write a dynamic of 60 time points and 40 slices."""
    import pydicom

    write_dynamic(folder, [4.0 * t for t in range(FRAMES)], slices=SLICES)
    for path in sorted(folder.iterdir()):
        data = pydicom.dcmread(path)
        like_a_scanner(data)
        data.file_meta.TransferSyntaxUID = syntax
        pydicom.dcmwrite(path, data, enforce_file_format=True)
    return sorted(folder.iterdir())


def best_s(read: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the best CPU time of some runs in seconds."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        read()
        times.append(time.process_time() - start)
    return min(times)


def check_values(files: list[Path]) -> None:
    """Stop when our values differ from those of pydicom."""
    import pydicom

    for path in files[:: len(files) // 50]:
        ours, theirs = read_header(path), pydicom.dcmread(path, stop_before_pixels=True)
        for tag in CHECKED:
            if ours.number(tag).value != float(theirs[tag.name].value):
                raise SystemExit(f"{path.name}: {tag.label} differs")


def dicompare_s(python: str, folder: Path) -> float | None:
    """Return the CPU time of dicompare for the whole folder, None when it is not installed there."""
    run = subprocess.run([python, "-c", DICOMPARE, str(folder)], capture_output=True, text=True, check=False)
    return float(run.stdout.split()[-1]) if run.returncode == 0 else None


def read_and_sort(folder: Path) -> None:
    """Read a study, sort its series and read the frame times."""
    times = frame_times(read_study(folder).dynamics[0])
    if times.count != FRAMES or times.interval_s != 4.0:
        raise SystemExit(f"found {times.count} frames every {times.interval_s} s, expected {FRAMES} every 4 s")


def compare(name: str, files: list[Path], python: str) -> None:
    """Print one line per reader."""
    import pydicom

    tags = [tag.name for tag in Tag]
    folder = files[0].parent
    readers: dict[str, Callable[[], object]] = {
        "ours: walk": lambda: [walk_file(path) for path in files],
        "ours: read, sort into series, frame times": lambda: read_and_sort(folder),
    }
    others: dict[str, Callable[[], object]] = {
        "pydicom stop_before_pixels": lambda: [pydicom.dcmread(path, stop_before_pixels=True) for path in files],
        "pydicom specific_tags": lambda: [
            pydicom.dcmread(path, stop_before_pixels=True, specific_tags=tags) for path in files
        ],
    }
    print(f"{name}, {len(files)} files | CPU s | us a file | times ours (walk) | times ours (all)")
    seconds = {label: best_s(read) for label, read in readers.items()}
    walk_s, all_s = seconds.values()
    seconds |= {label: best_s(read, 2) for label, read in others.items()}
    peer = dicompare_s(python, folder)
    if peer is not None:
        seconds["dicompare load_dicom_session"] = peer
    for label, taken in seconds.items():
        each_us = 1e6 * taken / len(files)
        print(f"{label:45s} | {taken:6.3f} | {each_us:7.0f} | {taken / walk_s:6.1f} | {taken / all_s:6.1f}", flush=True)
    if peer is None:
        print("dicompare: not run (python -m venv there; there/bin/pip install dicompare;", end=" ")
        print("make bench DICOMPARE_PYTHON=there/bin/python)")


def main() -> None:
    """Compare on explicit and on implicit files."""
    python = os.environ.get("DICOMPARE_PYTHON", sys.executable)
    with tempfile.TemporaryDirectory() as place:
        for name, syntax in (("explicit", LITTLE), ("implicit", IMPLICIT)):
            files = make_files(Path(place) / name, syntax)
            check_values(files)
            compare(name, files, python)


if __name__ == "__main__":
    main()
