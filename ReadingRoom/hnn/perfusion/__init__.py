"""Kinetic maps of a dynamic study from files: inputs, fit, regions, results, report."""
