"""What NOTATION claims beyond its own formulas and what the notebooks show."""

import numpy as np

from bplearn import SGD, Dense, HalfSquaredError, fit, mlp
from bplearn.functional import sigmoid
from bplearn.layers import Dropout, MaxPooling
from bplearn.widgets import SURFACES
from tests.notebooks.claims import Claims

CLAIMS = Claims()


@CLAIMS.computed(
    "| to the outputs | $W_2$ = [[0.40, 0.50], [0.45, 0.55]] | | $b_2$ = (0.60, 0.60) |",
    "| outputs | $z$ = (1.105906, 1.224921) | | $o$ = (0.751365, 0.772928) |",
)
def the_published_network():
    W1, W2 = np.array([[0.15, 0.25], [0.20, 0.30]]), np.array([[0.40, 0.50], [0.45, 0.55]])
    z = sigmoid(np.array([0.05, 0.10]) @ W1 + 0.35) @ W2 + 0.60
    assert z.round(6).tolist() == [1.105906, 1.224921]
    assert sigmoid(z).round(6).tolist() == [0.751365, 0.772928]


@CLAIMS.computed(
    "What a layer remembers in forward because backward will need it.",
)
def what_backward_finds_again():

    layer, x, dy = Dense(2, 3, rng=0), np.ones((4, 2)), np.ones((4, 3))
    cache = layer.forward(x)[1]
    assert np.allclose(layer.backward(dy, cache)[1]["W"], cache["x"].T @ dy)


@CLAIMS.computed(
    "Going back to the epoch with the best validation loss, once `patience` epochs have brought no better one.",
)
def patience():

    x = np.linspace(-1, 1, 20)[:, None]
    settings = {"loss": HalfSquaredError(), "optimizer": SGD(0.5), "rng": 0, "progress": False}
    network = mlp(1, 8, 1, rng=0)
    history = fit(network, x, x**2, validation=(x + 0.3, x**2), epochs=200, patience=3, **settings)
    assert history.epochs - history.best_epoch in (0, 3)


@CLAIMS.computed(
    "A place that is lower than all around it, but perhaps not the lowest of all.",
    "A place with slope 0 that is lowest along one weight and highest along another.",
)
def flat_places():
    valleys, saddle = (SURFACES[name] for name in ("two valleys", "saddle"))
    middle = np.zeros(2)
    assert (saddle.slope(middle) == 0).all()
    assert saddle.height(np.array([0, 0.1])) < saddle.height(middle) < saddle.height(np.array([0.1, 0]))
    rests = []
    for start in (-3.0, 3.0):
        place = np.full(np.shape(valleys.start), start)
        for _ in range(500):
            place = place - 0.05 * valleys.slope(place)
        rests.append(place)
        for side in (-0.1, 0.1):
            assert valleys.height(place) < valleys.height(place + side)
    assert abs(valleys.height(rests[0]) - valleys.height(rests[1])) > 1


@CLAIMS.computed(
    "A region where all slopes are nearly 0, so steps are tiny.",
)
def a_plateau():
    y = sigmoid(np.array(-6.0))
    assert 0 < abs(0.5 * (y - 1) * y * (1 - y)) < 0.002


@CLAIMS.computed(
    "A table of numbers with any number of directions: a vector, a matrix, and more.",
)
def directions():
    assert [np.zeros(shape).ndim for shape in ((3,), (3, 2), (3, 2, 4))] == [1, 2, 3]


@CLAIMS.computed(
    "Leaving out each number with the chance $p$, anew in each training pass; the others are made larger by $1 / (1 - p)$.",
)
def left_out_anew():
    layer, x = Dropout(0.25, rng=0), np.full((1, 10_000), 3.0)
    first, second = layer.forward(x)[0], layer.forward(x)[0]
    assert set(first[0]) == {0.0, 3 / (1 - 0.25)}
    assert abs((first == 0).mean() - 0.25) < 0.02
    assert (first != second).any()


@CLAIMS.computed(
    "Keeping the largest number of each tile of an image.",
)
def largest_of_each_tile():
    image = np.random.default_rng(0).normal(size=(1, 16))
    tiles = [image.reshape(4, 4)[i : i + 2, j : j + 2].max() for i in (0, 2) for j in (0, 2)]
    assert MaxPooling(2, image=(4, 4)).predict(image)[0].tolist() == tiles
