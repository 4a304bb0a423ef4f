"""Gradients of batches around the full gradient."""
