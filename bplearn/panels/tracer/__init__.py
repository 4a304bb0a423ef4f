"""The total error traced back to one weight, path by path."""
