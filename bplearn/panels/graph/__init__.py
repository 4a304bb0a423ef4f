"""The chain rule on a graph of single operations, one step back at a time."""
