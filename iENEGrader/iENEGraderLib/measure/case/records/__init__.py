"""Records of a measured case, and how each kind of them is made."""
