"""Each thing shown once: numbers and text, tables, SVG words, the palette, the drawing of a network."""
