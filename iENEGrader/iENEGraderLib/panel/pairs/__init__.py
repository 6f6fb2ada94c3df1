"""A node and what lies beside it: vessel contact, coalescence, and the views for them."""
