"""The module's self-test: the description can be shown and says what must not be missed."""

from __future__ import annotations

import unittest

from PWIProtocolLib.panel.description import NOT_FOR_STAGING, SOURCE_URL, THIS_VERSION
from PWIProtocolLib.panel.description_panel import DescriptionPanel


class DescriptionSelfTest(unittest.TestCase):
    """Tests of the panel."""

    def test_the_panel_says_what_this_version_does_and_where_recommendations_come_from(self) -> None:
        """What a reader must know before relying on anything."""
        panel = DescriptionPanel()
        text = panel.browser.toPlainText()
        assert THIS_VERSION in text
        assert NOT_FOR_STAGING in text
        assert SOURCE_URL in panel.browser.toHtml()


def run() -> None:
    """Run the self-test; AssertionError when it fails."""
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(DescriptionSelfTest)
    result = unittest.TextTestRunner(verbosity=2).run(tests)
    assert result.wasSuccessful(), "the self-test failed; its messages say where"
