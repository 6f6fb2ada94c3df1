"""Drawing in SVG: shapes, pictures, plots."""
