"""bplearn."""
