"""What lies on the user's disk: saved networks, atomic writes, the copy of the notebooks."""
