"""A map of learning rates and batch sizes."""
