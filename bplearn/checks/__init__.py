"""Checks at the door: what arguments must be, and the sentence that says so where they are not."""
