"""The page of a fit: maps over anatomy, curves with fits, arterial curve, quality, settings."""
