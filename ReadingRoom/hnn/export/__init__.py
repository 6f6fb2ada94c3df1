"""``hnn export``: finding and reading cases, one or many, and writing them to the chosen targets."""
