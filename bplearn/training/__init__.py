"""Training: the loop of four phases, `fit` on top of it, and a session that a panel drives.

Taught in notebooks/07_weight_updates.ipynb, 08_batches_and_shapes.ipynb and 12_learning_rate_and_batch_size.ipynb.
"""

from bplearn.training.fit import fit
from bplearn.training.loop import TrainStep, train

__all__ = ["TrainStep", "fit", "train"]
