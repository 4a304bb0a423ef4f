"""What learners read, as data: one TOML file a notebook, and `mistakes.toml`. `engine/texts.py` reads them."""
