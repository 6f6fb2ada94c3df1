"""Teaching files: a read case as one page that works offline, and as a MIRC document."""
