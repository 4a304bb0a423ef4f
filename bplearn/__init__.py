"""bplearn: learn backpropagation by doing, from one number to every weight.

The core (layers, losses, optimizers, training) needs NumPy alone. `bplearn.plotting`, `bplearn.widgets` and
`bplearn.exercises` load when they are first named. Start with notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import importlib
from typing import Any

from bplearn import datasets, functional, initializers, schedules
from bplearn.datasets import Dataset
from bplearn.errors import (
    ArgumentError,
    BplearnError,
    DataError,
    FileFormatError,
    ShapeError,
    TapeMismatch,
    TargetError,
    TrainingDiverged,
)
from bplearn.explain.explanation import explain
from bplearn.explain.gradcheck import GradientReport, check_gradients, h_curve
from bplearn.explain.trace import WeightTrace, blame, strongest_weights, trace_weight
from bplearn.functional import one_hot
from bplearn.history import History
from bplearn.layers import (
    ELU,
    GELU,
    Attention,
    Convolution,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Identity,
    Layer,
    LayerNorm,
    LeakyReLU,
    MaxPooling,
    PerToken,
    ReLU,
    Residual,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from bplearn.losses import (
    BinaryCrossEntropy,
    HalfSquaredError,
    Huber,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    SoftmaxCrossEntropy,
)
from bplearn.metrics import accuracy, confusion_matrix, f1_score, mean_absolute_error
from bplearn.network import Sequential, mlp
from bplearn.optimizers import SGD, AdaGrad, Adam, AdamW, Momentum, Optimizer, RMSProp
from bplearn.parameter import Parameter
from bplearn.sweeps import SweepResult, sweep
from bplearn.tape import Step, Tape
from bplearn.training import TrainStep, fit, train
from bplearn.training.session import Session

__version__ = "0.1.0"

_ON_FIRST_USE = ("plotting", "widgets", "exercises")


def __getattr__(name: str) -> Any:
    if name in _ON_FIRST_USE:
        return importlib.import_module(f"bplearn.{name}")
    raise AttributeError(f"module 'bplearn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_ON_FIRST_USE])


__all__ = [
    "ELU",
    "GELU",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "ArgumentError",
    "Attention",
    "BinaryCrossEntropy",
    "BplearnError",
    "Convolution",
    "DataError",
    "Dataset",
    "Dense",
    "Dropout",
    "Embedding",
    "FileFormatError",
    "Flatten",
    "GradientReport",
    "HalfSquaredError",
    "History",
    "Huber",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Loss",
    "MaxPooling",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Momentum",
    "Optimizer",
    "Parameter",
    "PerToken",
    "RMSProp",
    "ReLU",
    "Residual",
    "Sequential",
    "Session",
    "ShapeError",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "SoftmaxCrossEntropy",
    "Softplus",
    "Step",
    "SweepResult",
    "Tanh",
    "Tape",
    "TapeMismatch",
    "TargetError",
    "TrainStep",
    "TrainingDiverged",
    "WeightTrace",
    "accuracy",
    "blame",
    "check_gradients",
    "confusion_matrix",
    "datasets",
    "explain",
    "f1_score",
    "fit",
    "functional",
    "h_curve",
    "initializers",
    "mean_absolute_error",
    "mlp",
    "one_hot",
    "schedules",
    "strongest_weights",
    "sweep",
    "trace_weight",
    "train",
]
