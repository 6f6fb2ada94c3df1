"""The measurements of a case as a JSON document."""
