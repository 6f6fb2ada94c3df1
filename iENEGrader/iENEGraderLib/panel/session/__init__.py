"""The reading that is followed: its history, files, marks, lock and blinding."""
