"""The truth of each prediction of notebooks 00 to 06, found in another way than the table finds it.

A function returns the right statement of a `Pick`, or the number of an `Estimate`.
"""

import math
from functools import cache
from itertools import pairwise

import numpy as np

from bplearn import Adam, Sigmoid, SoftmaxCrossEntropy, accuracy, datasets, fit, mlp
from bplearn.scalar import Value, topological_order

FACTS = {}

# Mazur's network, as published
H1, H2, O1 = 0.593269992107, 0.596884378260, 0.751365069552
DELTA_O = (0.138498561629, -0.038098236517)
W2 = np.array([[0.40, 0.50], [0.45, 0.55]])


def fact(number):
    def keep(function):
        FACTS[number] = function
        return function

    return keep


@cache
def digits():
    return datasets.digits().split(test=0.3, rng=0)


@cache
def losses_of_epochs(rate):
    training, _ = digits()
    history = fit(
        mlp(64, 32, 10, rng=0),
        training,
        loss=SoftmaxCrossEntropy(),
        optimizer=Adam(rate),
        epochs=20,
        rng=0,
        progress=False,
    )
    return list(history.epoch_loss)


@fact("00.p1")
def untrained():
    _, unseen = digits()
    right = accuracy(mlp(64, 32, 10, rng=0).predict(unseen.x, loss=SoftmaxCrossEntropy()), unseen.targets)
    return {0: "none", 10: "about 10%", 50: "about 50%", 80: "over 80%"}[
        min((0, 10, 50, 80), key=lambda p: abs(p - 100 * right))
    ]


@fact("00.p2")
def curve():
    losses = losses_of_epochs(0.01)
    fall = losses[0] - losses[-1]
    shares = [(a - b) / fall for a, b in pairwise(losses)]
    assert sum(shares[:3]) > 0.6, "not straight, and it does not stay high"
    assert min(shares) > -0.05, "it does not jump about"
    return "It falls steeply at first, then ever more slowly."


@fact("00.p3")
def best_rate():
    return min(
        ("0.0005, for it takes the most careful steps", "0.01", "0.3, for it learns fastest"),
        key=lambda choice: losses_of_epochs(float(choice.partition(",")[0]))[-1],
    )


@fact("01.p1")
def sigmoid_at_minus_one():
    return 1 / (1 + math.e)


@fact("02.p1")
def place_of_a_weight():
    i, j = np.argwhere(np.array([[0.15, 0.25], [0.20, 0.30]]) == 0.25)[0]
    return f"W[{i}, {j}]"


@fact("02.p2")
def what_a_slope_needs():
    y1 = lambda w5: 1 / (1 + math.exp(-(w5 * H1 + 0.45 * H2 + 0.60)))  # noqa: E731
    assert math.isclose((y1(0.40001) - y1(0.39999)) / 2e-5, O1 * (1 - O1) * H1, rel_tol=1e-8)
    return "h₁ and o₁"


@fact("03.p1")
def shape_of_a_difference():
    return str((np.zeros((4, 1)) - np.zeros(4)).shape)


@fact("03.p2")
def surprise():
    return 2 * 2.302585092994046


@fact("03.p3")
def slope_of_softmax():
    def loss(z):
        return -z[1] + math.log(sum(map(math.exp, z)))

    z = [math.log(p) for p in (0.2, 0.3, 0.5)]
    slopes = []
    for k in range(3):
        up, down = z.copy(), z.copy()
        up[k] += 1e-5
        down[k] -= 1e-5
        slopes.append(round((loss(up) - loss(down)) / 2e-5, 6))
    return f"({', '.join(f'{slope:.1f}' for slope in slopes)})"


@fact("04.p1")
def growth():
    return f"by {round((2 + 1.001) * (1.001 + 1) - 6, 3)}"


@fact("04.p2")
def overwritten():
    """Run the notebook's first try on both circuits, against gradients worked out by hand."""
    x, y, z, a, b = map(Value, (-2, 5, -4, 2, 1))
    circuits = {"f": ((x + y) * z, {x: -4, y: -4, z: 3}), "e": ((a + b) * (b + 1), {a: 2, b: 5})}
    wrong = []
    for name, (output, by_hand) in circuits.items():
        grads = {output: 1.0}
        for node in reversed(topological_order(output)):
            for parent, local in zip(node.parents, node.local_derivatives, strict=True):
                grads[parent] = grads[node] * local
        wrong += [name] if any(grads[leaf] != by_hand[leaf] for leaf in by_hand) else []
    return {"f": "for f, which has a negative number in it", "e": "for e, in which b is used twice"}["".join(wrong)]


@fact("04.p3")
def arrows():
    return 2 + 2 + 2 + 2 + 1  # two products, two sums, one sigmoid


@fact("05.p1")
def pairs():
    dw5, dw6, dw7, dw8 = 0.082167040564, 0.082667627848, -0.022602540477, -0.022740242216
    close = [abs(a - b) < 0.01 * abs(a) for a, b in ((dw5, dw6), (dw7, dw8), (dw5, dw7), (dw6, dw8))]
    assert close == [True, True, False, False]
    return "dw₅ and dw₆, and also dw₇ and dw₈"


@fact("05.p2")
def who_wins():
    return "plus: output 1 wins" if DELTA_O[0] * W2[0, 0] + DELTA_O[1] * W2[0, 1] > 0 else "minus: output 2 wins"


@fact("05.p3")
def transpose_forgotten():
    h, x = np.array([[H1, H2]]), np.array([[0.05, 0.10]])
    published_1 = [[0.000438567734, 0.000497712735], [0.000877135469, 0.000995425471]]
    published_2 = [[0.082167040564, -0.022602540477], [0.082667627848, -0.022740242216]]
    delta = np.array([DELTA_O])
    right, wrong = (x.T @ (delta @ W * h * (1 - h)) for W in (W2.T, W2))
    assert np.allclose(h.T @ delta, published_2)
    assert np.allclose(right, published_1, rtol=1e-6)
    return "No message, and W1 and b1 are wrong." if not np.allclose(wrong, published_1, rtol=0.01) else ""


@cache
def reader():
    """What notebook 06 trains, and the pass of its 539 unseen digits, written out."""
    training, test = digits()
    network = mlp(64, 32, 10, activation=Sigmoid, rng=0)
    fit(network, training, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01), epochs=20, rng=0, progress=False)
    W1, b1, W2, b2 = (p.value for p in (network[0].W, network[0].b, network[2].W, network[2].b))
    h = 1 / (1 + np.exp(-(test.x @ W1 + b1)))
    z = h @ W2 + b2
    dz = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    wrong = np.flatnonzero(z.argmax(axis=1) != test.targets)
    dz[np.arange(len(dz)), test.targets] -= 1
    return test.x, h, dz, dz @ W2.T * h * (1 - h), wrong


@fact("06.p1")
def outputs_of_the_error():
    _, _, dz, _, wrong = reader()
    shares = np.abs(dz[wrong[3]]) / np.abs(dz[wrong[3]]).sum()
    assert set(np.argsort(-shares)[:2]) == {6, 1}
    assert shares[[6, 1]].min() > 0.4
    return "through the 6 and the 1"


@fact("06.p2")
def layer_of_the_largest():
    x, h, dz, dh, wrong = reader()
    n = wrong[3]
    first, last = np.abs(np.outer(np.append(x[n], 1), dh[n])), np.abs(np.outer(np.append(h[n], 1), dz[n]))
    strongest = np.sort(last.ravel())[::-1][:6]
    return "in the last, next to the error" if strongest[-1] > first.max() else "in both alike"


@fact("06.p3")
def pull_of_the_misread():
    x, _, _, dh, wrong = reader()
    pull = np.abs(x[:, 19] * dh[:, 3])
    share = pull[wrong].sum() / pull.sum()
    assert len(wrong) == 16
    return "about half" if 0.4 < share < 0.6 else "all of it"
