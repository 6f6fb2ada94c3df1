"""Reports of the protocol check: one study as a page, several studies as a table."""
