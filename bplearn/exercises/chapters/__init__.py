"""The exercises, one module a notebook."""
