"""Tensor against the values and gradients that PyTorch computed for 200 random programs."""

import json
import re
from pathlib import Path

import nbformat
import numpy as np

from bplearn.autograd import Tensor
from tests.reference.autograd_programs import COUNT, inputs, program, run

RECORDED = np.load(Path(__file__).with_name("autograd.npz"))
OPERATIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / (b * b + 1),
    "exp": lambda x: x.tanh().exp(),
    "log": lambda x: (x * x + 1).log(),
    "tanh": Tensor.tanh,
    "relu": Tensor.relu,
    "square": lambda x: x.tanh() ** 2,
    "sum": Tensor.sum,
    "mean": Tensor.mean,
    "max": Tensor.max,
    "transpose": Tensor.transpose,
    "reshape": lambda x, shape: x.reshape(*shape),
    "matmul": lambda a, b: a @ b,
    "pick": lambda x, places: x[places],
}


def test_200_random_programs_agree_with_pytorch():
    seen = set()
    for number in range(COUNT):
        lines = program(number)
        seen |= {operation for operation, _, _ in lines}
        leaves = [Tensor(value, requires_grad=True) for value in inputs(number)]
        y = run(lines, leaves, OPERATIONS)
        y.backward()
        np.testing.assert_allclose(y.data, RECORDED[f"{number}/y"], rtol=1e-10, err_msg=str(number))
        for place, leaf in enumerate(leaves):
            expected = RECORDED[f"{number}/d{place}"]
            found = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad
            room = 1e-10 * np.abs(expected).max(initial=1)
            np.testing.assert_allclose(found, expected, rtol=1e-10, atol=room, err_msg=f"{number}, input {place}")
    assert seen == set(OPERATIONS)


def test_notebook_15_shows_the_losses_that_were_recorded():
    here = Path(__file__).parent
    recorded = json.loads((here / "torch_loop.json").read_text(encoding="utf-8"))["losses"]
    notebook = nbformat.read(here.parents[1] / "notebooks" / "15_autograd.ipynb", as_version=4)
    shown = re.search(r"^recorded = (\[.*\])$", "\n".join(cell.source for cell in notebook.cells), re.MULTILINE)
    assert json.loads(shown[1]) == recorded
