"""Maps of kinetic parameters in the scene: dynamic studies that are there, maps with colours and units, curves."""
