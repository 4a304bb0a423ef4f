"""How weights change: gradient descent and its relatives, each in one method `delta`.

Taught in notebooks/07_weight_updates.ipynb and notebooks/13_optimizers.ipynb.
"""

from bplearn.optimizers.base import Optimizer
from bplearn.optimizers.rules import SGD, AdaGrad, Adam, AdamW, Momentum, RMSProp

__all__ = ["SGD", "AdaGrad", "Adam", "AdamW", "Momentum", "Optimizer", "RMSProp"]
