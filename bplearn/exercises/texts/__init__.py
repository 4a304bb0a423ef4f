"""Questions and predictions of the notebooks."""
