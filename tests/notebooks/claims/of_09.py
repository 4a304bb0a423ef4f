"""What notebook 09 claims beyond what its cells show."""

import inspect
import re

import numpy as np
import pytest

from bplearn import SGD, Dense, SoftmaxCrossEntropy, datasets, fit, mlp
from bplearn.errors import DataError
from bplearn.exercises import ALL
from bplearn.exercises.wrong_gradients import WRONG
from tests.notebooks.claims import Claims, ran, said
from tests.notebooks.ledger import cells_of

CLAIMS = Claims()


@CLAIMS.computed(
    "A weighted sum is larger on one side of a line and smaller on the other.",
    "So one layer can only cut the plane once.",
)
def a_line_cuts_the_plane():
    rng = np.random.default_rng(0)
    for seed in range(5):
        layer = Dense(2, 1, rng=seed, bias=[rng.normal()])
        w, b = layer.W.value[:, 0], layer.b.value.item()
        foot, along = -b * w / (w @ w), np.array([-w[1], w[0]])
        for place in rng.normal(size=(10, 1)) * along + foot:
            right, left = layer.forward(np.array([place + 0.1 * w, place - 0.1 * w]))[0]
            assert right.item() > 0 > left.item()


@CLAIMS.computed(
    "No start can help here: a single layer has nothing better to offer.",
)
def no_start_helps():
    xor, loss = datasets.xor(), SoftmaxCrossEntropy()
    for seed in range(5):
        network = mlp(2, 2, rng=seed)
        fit(network, xor, loss=loss, optimizer=SGD(0.5), epochs=500, batch_size=4, rng=0, progress=False)
        assert np.isclose(loss.forward(network(xor.x), xor.targets)[0], np.log(2), atol=1e-6)
    rng = np.random.default_rng(0)
    tried = [loss.forward(xor.x @ rng.normal(size=(2, 2)) + rng.normal(size=2), xor.targets)[0] for _ in range(1000)]
    assert min(tried) > np.log(2)


@CLAIMS.computed(
    "As soon as your loop passes, it trains as well, and the largest difference between the two sets of weights is shown.",
    trains=True,
)
def the_largest_difference():
    names = ran("09")
    names["train"] = ALL["09.6"].solution  # a loop that passes
    said_of_xor = names["compared"](names["with_yours"](names["xor"], 4, 0.5, 4, 300), names["xor_network"])
    assert float(said_of_xor.split(": ")[1]) < 1e-13
    moved = names["xor_network"].parameters()[0].value + 0.5
    spoiled = [moved, *(p.value for p in names["xor_network"].parameters()[1:])]
    assert names["compared"](spoiled, names["xor_network"]).endswith("5e-01")
    assert "open" in said("09", "cell-09-036")


@CLAIMS.computed(
    "With the wrong one the scores grow until they are no numbers any more.",
    trains=True,
)
def with_the_wrong_order():
    names = ran("09")
    for rate in (0.3, 0.5):
        with pytest.raises(DataError), np.errstate(over="ignore", invalid="ignore"):
            names["unseen_accuracy"](rate, early=True)
    assert names["unseen_accuracy"](0.3, early=False) > 0.95


@CLAIMS.computed(
    "Your functions cannot fall into this trap, since `update` takes all four gradients at once.",
)
def all_gradients_come_first():
    assert list(inspect.signature(ALL["09.5"].solution).parameters)[:2] == ["parameters", "grads"]


@CLAIMS.computed(
    "Five layers with tanh between them, 2-4-3-5-3-2, and the nudge on the weights that lie farthest from the loss:",
)
def the_first_layer_lies_farthest():
    [source] = [cell.source for cell in cells_of("09") if cell.id == "any-depth-tanh"]
    [widths] = re.findall(r"pairwise\((\(.*?\))\)", source)
    assert eval(widths) == (2, 4, 3, 5, 3, 2)
    assert len(eval(widths)) - 1 == 5


@CLAIMS.computed(
    "Each layer brings its own `backward`, so the list may hold any kind of layer.",
)
def any_kind_of_layer():
    network = mlp(3, 4, 2, rng=0)
    y, tape = network.forward(np.ones((2, 3)))
    dy = np.ones_like(y)
    for layer, step in reversed(list(zip(network, tape, strict=True))):
        dy, _ = layer.backward(dy, step.cache)
    assert dy.shape == (2, 3)


@CLAIMS.computed(
    "The last, smaller batch counts like any other.",
)
def the_last_batch_counts():
    training = datasets.digits().split(test=0.3, rng=0)[0]
    sizes = [len(rows) for _, _, rows in training.batches(32, rng=0)]
    assert sum(sizes) == 1258
    assert sizes[-1] < 32


@CLAIMS.computed(
    '"It trains" is a weaker statement than it seems: notebook 10 shows how weak.',
)
def how_weak():
    assert len(WRONG) == 22
    assert said("10", "cell-10-032").count("looks fine") == 15


@CLAIMS.computed(
    "This network has 17 numbers to learn.",
    "`z1` (5, 3) `z2` (5, 2) `dW2` (3, 2) `da1` (5, 3) `dW1` (2, 3)",
)
def numbers_to_learn():
    network = mlp(2, 3, 2, rng=0)
    assert sum(p.value.size for p in network.parameters()) == 17
    x, W1, W2 = np.ones((5, 2)), np.ones((2, 3)), np.ones((3, 2))
    a1, dz2 = x @ W1, np.ones((5, 2))
    shapes = [one.shape for one in (x @ W1, a1 @ W2, a1.T @ dz2, dz2 @ W2.T, x.T @ a1)]
    assert shapes == [(5, 3), (5, 2), (3, 2), (5, 3), (2, 3)]


@CLAIMS.computed(
    "To train it you need six functions, about 40 lines together.",
)
def lines_of_six_functions():
    lines = [ALL[f"09.{k}"].reveal() for k in range(1, 7)]
    count = sum(len([line for line in text.splitlines() if line.strip() and '"""' not in line]) for text in lines)
    assert count == 40


@CLAIMS.computed(
    "If it says something like 1e-15, you have written what others import: after 800 updates two programs agree in 14 decimals of each of 2,410 numbers.",
    trains=True,
)
def digits_of_two_programs():
    names = ran("09")
    mine = names["train_network"](ALL["09.7"].solution(*names["start"]))
    pairs = list(zip(mine, names["reader"].parameters(), strict=True))
    assert names["history"].steps == 800
    assert sum(array.size for array, _ in pairs) == 2410
    assert max(np.abs(array - parameter.value).max() for array, parameter in pairs) < 1e-14


CLAIMS.defined(
    "Both tuples hold four arrays, in the order W1, b1, W2, b2.",
    "## The training loop: five functions, again and again",
    "The loop calls your five functions: solve 09.1 to 09.5 first.",
    "- `Network(W1, b1, W2, b2)` keeps the four arrays as attributes of these names.",
    "- `step(learning_rate)` updates the four.",
)


@CLAIMS.computed(
    "- Six functions make a network that learns: forward, loss, backward, gradients, update, and the loop around them.",
)
def six_functions():
    assert [ALL[f"09.{k}"].reveal().split("(")[0] for k in range(1, 7)] == [
        f"def {name}" for name in ("forward", "loss", "backward", "gradients", "update", "train")
    ]
