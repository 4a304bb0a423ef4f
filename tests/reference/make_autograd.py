"""Write autograd.npz: the value and the gradients that PyTorch computes for 200 random programs, in float64.

Run it where PyTorch is installed, as `make_reference.py` beside it; bplearn is not needed:

    python tests/reference/make_autograd.py

PyTorch has a BSD-3-Clause licence; the numbers were computed with it, nothing of it is copied.
"""

from pathlib import Path

import numpy as np
import torch
from autograd_programs import COUNT, inputs, program, run


def over(function):
    def reduce(x, axis=None, keepdims=False):
        return function(x) if axis is None else function(x, dim=axis, keepdim=keepdims)

    return reduce


OPERATIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / (b * b + 1),
    "exp": lambda x: (x.tanh()).exp(),
    "log": lambda x: (x * x + 1).log(),
    "tanh": torch.tanh,
    "relu": torch.relu,
    "square": lambda x: x.tanh() ** 2,
    "sum": over(torch.sum),
    "mean": over(torch.mean),
    "max": over(torch.amax),
    "transpose": torch.t,
    "reshape": lambda x, shape: x.reshape(shape),
    "matmul": torch.matmul,
    "pick": lambda x, places: x[places],
}


def main():
    kept = {}
    for number in range(COUNT):
        leaves = [torch.tensor(value, requires_grad=True) for value in inputs(number)]
        y = run(program(number), leaves, OPERATIONS)
        y.backward()
        kept[f"{number}/y"] = y.detach().numpy()
        for place, leaf in enumerate(leaves):
            kept[f"{number}/d{place}"] = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy()
    kept["version"] = np.array(torch.__version__)
    np.savez_compressed(Path(__file__).with_name("autograd.npz"), **kept)


if __name__ == "__main__":
    main()
