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
from bplearn.layers.attention import Attention
from bplearn.layers.base import Cache, Grads, Layer
from bplearn.layers.blocks import Residual
from bplearn.layers.dense import Dense
from bplearn.layers.dropout import Dropout
from bplearn.layers.images import Convolution, MaxPooling
from bplearn.layers.norm import LayerNorm
from bplearn.layers.reshape import Flatten
from bplearn.layers.tokens import Embedding, PerToken

__all__ = [
    "ELU",
    "GELU",
    "Attention",
    "Cache",
    "Convolution",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "Grads",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "MaxPooling",
    "PerToken",
    "ReLU",
    "Residual",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]
