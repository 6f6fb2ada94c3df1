"""The measurements of a case as evidence of a reading document."""
