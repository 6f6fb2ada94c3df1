"""Exporting a case: one `ExportCase` in, the files of the chosen targets out, all at once or not at all."""
