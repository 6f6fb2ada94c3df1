"""The findings of one node: certainties, marks and suggestions."""
