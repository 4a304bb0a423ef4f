"""The layers, one line each in `__all__`: what they compute forward and what they pass backward."""

from bplearn.layers.activations import (
    ELU,
    GELU,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from bplearn.layers.base import Cache, Grads, Layer
from bplearn.layers.blocks import Residual
from bplearn.layers.dense import Dense
from bplearn.layers.norm import LayerNorm
from bplearn.layers.reshape import Flatten

__all__ = [
    "ELU",
    "GELU",
    "Cache",
    "Dense",
    "Flatten",
    "Grads",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "ReLU",
    "Residual",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]
