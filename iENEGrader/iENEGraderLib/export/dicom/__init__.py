"""What other systems read: DICOM segmentations, structured reports and key object selections of a case."""
