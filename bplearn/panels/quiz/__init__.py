"""The questions of earlier notebooks, asked again."""
