"""The live panels: `base` holds what they share; each other folder is one panel, with its logic and its view."""
