"""The signal of a dynamic study over time, and when the bolus arrives."""
