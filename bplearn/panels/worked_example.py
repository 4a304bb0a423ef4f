"""The 2-2-2 network with sigmoids that the whole series works by hand.

The stepper, the tracer and the tests begin with it. First met in notebooks/02_forward_pass.ipynb.
"""

from __future__ import annotations

from bplearn.layers import Dense, Sigmoid
from bplearn.network import Sequential


def worked_example() -> Sequential:
    """Return the network, with the weights and biases that were published with its results.

    >>> worked_example()[0].W.value.tolist()
    [[0.15, 0.25], [0.2, 0.3]]

    Source: Mazur 2015, "A step by step backpropagation example".
    """
    hidden = Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35])
    output = Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60])
    return Sequential(hidden, Sigmoid(), output, Sigmoid())
