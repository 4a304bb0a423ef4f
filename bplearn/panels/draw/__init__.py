"""A digit drawn by hand, what a network reads, and who is to blame."""
