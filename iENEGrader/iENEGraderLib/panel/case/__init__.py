"""Case and site: who is read, by whom, and what is known of the tumour."""
