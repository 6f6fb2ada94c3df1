"""DICOM objects that computed results are written as."""
