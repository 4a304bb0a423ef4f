"""Slips at the door of the training lab and the sweep map: each message says what to write."""
# ruff: noqa: E501 - a message stands in one line

import numpy as np
import pytest

from bplearn import SGD, ArgumentError, Tanh
from bplearn.panels.lab.experiment import Experiment
from bplearn.widgets import sweep_panel, training_lab

X = np.ones((6, 2))
NAMES = "data expected a Dataset or one of moons, circles, blobs, spirals, sine, digits, got"
ACTIVATIONS = "activation expected a layer class or one of Tanh, ReLU, Sigmoid, LeakyReLU, GELU, Identity, got"
WIDTHS = "hidden expected a list of widths, got {}. Write hidden=(8,), or hidden=(8, 8) for two layers."
CASES = {
    "a file": ({"data": "flowers.csv"}, f"{NAMES} 'flowers.csv'. Write Dataset.from_csv('flowers.csv', target=...)."),
    "a name": ({"data": "flowers"}, f"{NAMES} 'flowers'. Your own data: Dataset(x, targets), or Dataset.from_csv(path, target=...)."),
    "an array": ({"data": X}, f"{NAMES} an array of shape (6, 2). Your own data: Dataset(x, targets), or Dataset.from_csv(path, target=...)."),
    "a pair": ({"data": ([1], [0])}, f"{NAMES} ([1], [0]). Your own data: Dataset(x, targets), or Dataset.from_csv(path, target=...)."),
    "one width": ({"hidden": 8}, WIDTHS.format("8")),
    "widths as text": ({"hidden": "8, 8"}, WIDTHS.format("'8, 8'")),
    "NumPy's function": ({"activation": np.tanh}, f"{ACTIVATIONS} <ufunc 'tanh'>."),
    "a layer with brackets": ({"activation": Tanh()}, f"{ACTIVATIONS} Tanh(). Write activation=Tanh, without brackets."),
    "an optimizer's class": ({"optimizer": SGD}, "optimizer expected one of SGD, Momentum, RMSProp, Adam, got the class SGD. Write optimizer='SGD'."),
    "an optimizer": ({"optimizer": SGD(0.1)}, "optimizer expected one of SGD, Momentum, RMSProp, Adam, got SGD(0.1). Write optimizer='SGD' and learning_rate=0.1."),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("door", [training_lab, sweep_panel, Experiment])
def test_the_message_says_what_to_write(case, door):
    change, message = CASES[case]
    with pytest.raises(ArgumentError) as caught:
        door(**change)
    assert str(caught.value) == message
