"""The search for holes: machine-made changes of every solution, and inputs of its own that tell the wrong ones."""
