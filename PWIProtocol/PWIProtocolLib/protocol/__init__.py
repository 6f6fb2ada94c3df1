"""Does a DCE-MRI study meet the recommendations, and how do we know."""
