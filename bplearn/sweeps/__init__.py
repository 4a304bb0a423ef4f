"""The same network trained with many learning rates and batch sizes: on whatever is there, kept in a file, compared.

Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from bplearn.sweeps.grid import sweep
from bplearn.sweeps.results import Run, Setting, SweepResult

__all__ = ["Run", "Setting", "SweepResult", "sweep"]
