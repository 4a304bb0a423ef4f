"""Signals and gradients by layer."""
