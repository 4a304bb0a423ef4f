"""Predict, commit, reveal: one numbered prediction of a notebook."""
