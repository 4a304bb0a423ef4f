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
from bplearn.layers.dropout import Dropout
from bplearn.layers.images import Convolution, MaxPooling
from bplearn.layers.norm import LayerNorm
from bplearn.layers.reshape import Flatten

__all__ = [
    "ELU",
    "GELU",
    "Cache",
    "Convolution",
    "Dense",
    "Dropout",
    "Flatten",
    "Grads",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "MaxPooling",
    "ReLU",
    "Residual",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]
