"""Maps of kinetic parameters: what they are made of, the fit, curves and regions."""
