"""What the self-tests of both modules do alike; they are shipped and run in Slicer as well as on the harness."""

from __future__ import annotations

import unittest
from typing import TYPE_CHECKING, Any

import slicer

if TYPE_CHECKING:
    from collections.abc import Iterable


def opened_panel(test: unittest.TestCase, module: str) -> Any:
    """Open a module until a test ends, and return its panel; skip the test where there is no window."""
    if slicer.util.mainWindow() is None:
        test.skipTest("there is no main window")
    test.addCleanup(slicer.util.selectModule, slicer.util.selectedModule())
    slicer.util.selectModule(module)
    return slicer.util.getModuleWidget(module).panel


def run_self_tests(self_tests: Iterable[type[unittest.TestCase]]) -> None:
    """Run self-tests; AssertionError when one fails."""
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    result = unittest.TextTestRunner(verbosity=2).run(unittest.TestSuite(load(each) for each in self_tests))
    assert result.wasSuccessful(), "the self-test failed; its messages say where"
