"""What notebook 15, its replies and the examples of its mistakes claim beyond what its cells show."""

import gc
import math
import weakref

import numpy as np

from bplearn import Dense
from bplearn.autograd import Tensor
from bplearn.exercises import patient
from tests.notebooks.claims import Claims, ran
from tests.notebooks.ledger import cells_of

CLAIMS = Claims()

CLAIMS.cited(
    "github.com/karpathy/micrograd: engine.py has 94 lines; github.com/tinygrad/tinygrad",
    "- **micrograd** (Karpathy) is a graph of single numbers in about a hundred lines, close to `Value` of notebook 4. **tinygrad** is a whole framework that can be read.",
)

CLAIMS.defined("- [Notebook 16](16_any_depth.ipynb) asks what twenty layers do to an error.")


def slopes(f, *arrays):
    """The gradients of f by each array, by autograd and by a nudge of each number."""
    tensors = [Tensor(array, requires_grad=True) for array in arrays]
    f(*tensors).backward()
    nudged = [np.zeros_like(array) for array in arrays]
    for array, found in zip(arrays, nudged, strict=True):
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + 1e-5
            up = float(f(*map(Tensor, arrays)).data)
            array[place] = kept - 1e-5
            found[place] = (up - float(f(*map(Tensor, arrays)).data)) / 2e-5
            array[place] = kept
    return [tensor.grad for tensor in tensors], nudged


def grad(f, *numbers):
    """The slopes of f by single numbers."""
    tensors = [Tensor(float(number), requires_grad=True) for number in numbers]
    f(*tensors).backward()
    return [float(tensor.grad) for tensor in tensors]


@CLAIMS.computed(
    "It is the softmax and the mean loss of notebook 3 in three lines, with the largest score of each row taken away first.",
    "`x @ W1` has 12 rows, `b1` has none:",
)
def the_notebooks_network():
    names = ran("15")
    [source] = [cell.source for cell in cells_of("15") if "def cross_entropy" in cell.source]
    body = source.split("def cross_entropy(logits, t):\n")[1].split("\n\n")[0]
    assert len(body.splitlines()) == 3
    assert "logits.data.max(axis=1" in body.splitlines()[0]
    z, t = np.random.default_rng(0).normal(size=(6, 4)), np.arange(6) % 4
    assert np.isclose(float(names["cross_entropy"](Tensor(z), t).data), names["SoftmaxCrossEntropy"]().forward(z, t)[0])
    assert ((names["x"] @ names["start"][0]).shape[0], names["start"][1].ndim) == (12, 1)


@CLAIMS.computed(
    "So `backward` adds to what is there:",
    "A Tensor does not know where a step begins, a pass of a network does.",
    "They are right, and they add up from call to call.",
    "two steps with the slopes 6 and 4: the second step should use 4, and uses 10.",
    "slope 6, two calls, no zero_grad: 12.",
    "slope 5, three calls, no zero_grad: 15, not 10.",
    "Each call adds its slope to what is there.",
    "The slope is 3 · 2² = 12.",
)
def a_tensor_adds():
    w = Tensor(2.0, requires_grad=True)
    for calls in (1, 2, 3):
        (w * w * w).backward()
        assert float(w.grad) == calls * 12
    v = Tensor(3.0, requires_grad=True)
    (v * v).backward()
    (v * v).backward()
    assert float(v.grad) == 2 * 6 == 12
    a = Tensor(1.0, requires_grad=True)
    for _ in range(3):
        (5 * a).backward()
    assert float(a.grad) == 15
    u = Tensor(3.0, requires_grad=True)
    (u * u).backward()
    u.data = u.data - 1
    (u * u).backward()
    assert float(u.grad) == 6 + 4 == 10


@CLAIMS.computed(
    "The layers of bplearn replace their gradient, since one pass of the network is one step.",
)
def a_layer_replaces():
    layer, x = Dense(2, 3, rng=0), np.ones((4, 2))
    found = []
    for _ in range(2):
        _, cache = layer.forward(x)
        found.append(layer.backward(np.ones((4, 3)), cache)[1]["W"])
    assert np.array_equal(*found)
    network = ran("15")["network"]
    y, tape = network.forward(ran("15")["x"])
    network.backward(np.ones_like(y), tape)
    once = network[0].W.grad.copy()
    network.backward(np.ones_like(y), tape)
    assert np.array_equal(network[0].W.grad, once)


@CLAIMS.computed(
    "Every result stays in memory as long as the loss does, since its pull needs it.",
)
def results_live_with_the_loss():
    class Watched(np.ndarray):
        pass

    w = Tensor(np.ones((50, 50)), requires_grad=True)
    for kept in (True, False):
        middle = w @ w
        middle.data = middle.data.view(Watched)
        watch = weakref.ref(middle.data)
        loss = (middle * middle).sum()
        del middle
        if not kept:
            del loss
        gc.collect()
        assert (watch() is not None) == kept


@CLAIMS.computed(
    "Half of what a nudge finds, for each weight.",
    "The loop trains, with half the learning rate that you set.",
)
def half_for_each_weight():
    x, t = np.random.default_rng(0).normal(size=(8, 2)), np.ones((8, 1))
    for seed in range(5):
        W1, W2 = (np.random.default_rng([seed, k]).normal(size=size) for k, size in enumerate([(2, 3), (3, 1)]))

        def loss(W1, W2):
            error = (Tensor(x) @ W1).tanh() @ W2 - t
            return (error * error).mean()

        _, nudged = slopes(loss, W1, W2)
        for sick, right in zip(patient("15.7")(x, t, W1, W2), nudged, strict=True):
            assert np.allclose(sick, right / 2, atol=1e-8)
            assert np.allclose(0.2 * sick, 0.1 * right, atol=1e-8)  # a step with 0.2 is one with 0.1


# Replies, hints and the examples of mistakes


@CLAIMS.computed(
    "The loss is a mean, and mean is an operation like the others: its backward divides by N.",
    "Where there is a mean, it stands in the loss, and its 1/N has come back already.",
    "b was copied 32 times: a fork.",
    "The 32 rows of the error add up to one.",
    "The sum has 32 rows.",
    "A fork adds.",
    "The gradient should not double when the batch does.",
    "copied to three rows, errors 1, 2 and 4: its error is 7, not 1.",
    "copied to three rows, errors 1, 2 and 3: its error is 6, not 2.",
    "errors 2 and 4: their mean is 3, their sum 6.",
)
def a_copy_is_a_fork():
    def error_of(errors):
        b = Tensor(np.zeros(1), requires_grad=True)
        ((Tensor(np.zeros((len(errors), 1))) + b) * np.reshape(errors, (-1, 1))).sum().backward()
        return b.grad.tolist()

    assert error_of([1, 2, 4]) == [7]
    assert error_of([1, 2, 3]) == [6]
    v = Tensor(np.array([2.0, 4.0]), requires_grad=True)
    v.mean().backward()
    assert v.grad.tolist() == [1 / 2, 1 / 2]
    assert (float(v.mean().data), float(v.sum().data)) == (3, 6)
    w, x = Tensor(np.array([[1.0]]), requires_grad=True), np.array([[2.0], [3.0]])
    (Tensor(x) @ w).mean().backward()
    (Tensor(np.vstack([x, x])) @ w).mean().backward()
    assert w.grad.tolist() == [[2 * 2.5]]  # twice the same, added up
    b = Tensor(np.zeros(3), requires_grad=True)
    added = Tensor(np.ones((32, 3))) + b
    added.sum().backward()
    assert (added.shape, b.grad.tolist()) == ((32, 3), [32, 32, 32])


@CLAIMS.computed(
    "1 / b falls where b grows, so db carries a minus.",
    "The derivative of 1 / b is -1 / b².",
    "y = 1 / b at b = 1: the slope is -1.",
    "y = 1 / b at b = 2: the slope is -0.25, not -0.5.",
    "a = 6, b = 2: dy/da is 1 / 2.",
)
def the_slope_of_a_reciprocal():
    assert grad(lambda a, b: a / b, 6, 2)[0] == 1 / 2
    for b in (0.5, 1.0, 2.0, -3.0):
        [slope] = grad(lambda b: 1 / b, b)
        assert math.isclose(slope, -1 / b**2)
        assert math.isclose(slope, (1 / (b + 1e-6) - 1 / (b - 1e-6)) / 2e-6, rel_tol=1e-6)


@CLAIMS.computed(
    "w * w has the slope 2 w; w * w.detach() has the slope w.",
)
def a_detach_cuts_one_way():
    for w in (0.5, 3.0):
        assert grad(lambda w: w * w, w) == [2 * w]
        assert grad(lambda w: w * w.detach(), w) == [w]


@CLAIMS.computed(
    "scores 5 and -5: the loss of a right answer is near 0; after a softmax they are 1 and 0, and it is 0.31.",
)
def a_softmax_too_many():
    cross_entropy = ran("15")["cross_entropy"]
    scores = np.array([[5.0, -5.0]])
    assert float(cross_entropy(Tensor(scores), np.array([0])).data) < 1e-4
    p = np.exp(scores) / np.exp(scores).sum()
    assert p.round(2).tolist() == [[1, 0]]
    assert round(float(cross_entropy(Tensor(p), np.array([0])).data), 2) == 0.31
