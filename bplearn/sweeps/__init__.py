"""Trains the same network with many learning rates and batch sizes, keeps the runs in a file, and compares them.

Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from bplearn.sweeps.grid import sweep
from bplearn.sweeps.results import Run, Setting, SweepResult

__all__ = ["Run", "Setting", "SweepResult", "sweep"]
