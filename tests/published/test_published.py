"""Numbers that others have published, computed by us in more than one way.

Each table below holds a source and its digits as they were printed; a number must agree to the last printed digit.
Below it stand the ways: functions that compute these numbers by name with a different part of the library. A further
way is one more function in the list. No way needs to know every number, but every number needs a way.
"""

import math
from decimal import Decimal
from functools import cache

import numpy as np
import pytest

from bplearn import (
    SGD,
    Dense,
    HalfSquaredError,
    MeanSquaredError,
    Sequential,
    Sigmoid,
    SoftmaxCrossEntropy,
    trace_weight,
    train,
)
from bplearn.scalar import Value

# === Matt Mazur, "A Step by Step Backpropagation Example" (2015): a 2-2-2 network with sigmoids ====================

INPUT, TARGET, RATE = (0.05, 0.10), (0.01, 0.99), 0.5
W1_TO_4, W5_TO_8, B1, B2 = (0.15, 0.20, 0.25, 0.30), (0.40, 0.45, 0.50, 0.55), 0.35, 0.60

MAZUR = {
    "z_h": "0.3775 0.3925",
    "h": "0.593269992107 0.596884378260",
    "z_o": "1.105905967060 1.224921404096",
    "o": "0.751365069552 0.772928465321",
    "E": "0.298371108760",
    "delta_o": "0.138498561629 -0.038098236517",
    "dw5..8": "0.082167040564 0.082667627848 -0.022602540477 -0.022740242216",
    "dE/dh": "0.036350306393 0.041370322649",
    "delta_h": "0.008771354689 0.009954254705",
    "dw1..4": "0.000438567734 0.000877135469 0.000497712735 0.000995425471",
    "new w1..4": "0.149780716133 0.199561432266 0.249751143632 0.299502287265",
    "new w5..8": "0.358916479718 0.408666186076 0.511301270239 0.561370121108",
    # The page prints 0.291027924. It is what comes out when the hidden error is computed from output weights that
    # are already updated. Computed in the right order, the error after one step is the first number below.
    "E after one step": "0.291027773694",
    "E after one step in the wrong order": "0.291027923905",
    "E after one step, biases too": "0.28047144679",
    "E after 10,000 steps": "3.510187783e-05",
    "E after 10,000 steps in the wrong order": "3.508478630e-05",
}


def mazur_network():
    w, v = W1_TO_4, W5_TO_8  # w1 and w2 lead to h1, w5 and w6 to o1: columns of W
    return Sequential(
        Dense(2, 2, weights=[[w[0], w[2]], [w[1], w[3]]], bias=[B1, B1]),
        Sigmoid(),
        Dense(2, 2, weights=[[v[0], v[2]], [v[1], v[3]]], bias=[B2, B2]),
        Sigmoid(),
    )


def one_pass(network):
    """Forward, cost and backward of Mazur's sample; returns E and the tape."""
    loss = HalfSquaredError()
    y, tape = network.forward([INPUT])
    value, saved = loss.forward(y, [TARGET])
    network.backward(loss.backward(saved), tape)
    return value, tape


def error_after(steps, *, wrong_order=False, biases=False):
    """E after this many steps; the biases stay as they are unless asked otherwise, as on the page."""
    network = mazur_network()
    for _ in range(steps):
        _, tape = one_pass(network)
        W1, W2 = network[0].W, network[2].W
        dW1, dW2, db1, db2 = W1.grad, W2.grad, network[0].b.grad, network[2].b.grad
        W2[:] = W2.value - RATE * dW2
        if wrong_order:
            dh = tape[2].dy @ W2.value.T  # the weights are new already
            dz, _ = tape[1].layer.backward(dh, tape[1].cache)
            dW1 = tape[0].layer.backward(dz, tape[0].cache)[1]["W"]
        W1[:] = W1.value - RATE * dW1
        if biases:
            network[0].b[:], network[2].b[:] = network[0].b.value - RATE * db1, network[2].b.value - RATE * db2
    return HalfSquaredError().forward(network([INPUT]), [TARGET])[0]


def mazur_by_network():
    network = mazur_network()
    E, tape = one_pass(network)
    dense1, sigmoid1, dense2, sigmoid2 = tape
    SGD(RATE).step([network[0].W, network[2].W])
    return {
        "z_h": dense1.y,
        "h": sigmoid1.y,
        "z_o": dense2.y,
        "o": sigmoid2.y,
        "E": E,
        "delta_o": dense2.dy,
        "dw5..8": dense2.grads["W"].T,
        "dE/dh": dense2.dx,
        "delta_h": dense1.dy,
        "dw1..4": dense1.grads["W"].T,
        "new w1..4": network[0].W.value.T,
        "new w5..8": network[2].W.value.T,
        "E after one step": HalfSquaredError().forward(network([INPUT]), [TARGET])[0],
        "E after one step in the wrong order": error_after(1, wrong_order=True),
        "E after one step, biases too": error_after(1, biases=True),
        "E after 10,000 steps": error_after(10_000),
        "E after 10,000 steps in the wrong order": error_after(10_000, wrong_order=True),
    }


def mazur_by_training():
    """The generator of steps: all of it but the fixed biases."""
    run = train(
        mazur_network(), [INPUT], [TARGET], loss=HalfSquaredError(), optimizer=SGD(RATE), epochs=2, batch_size=1
    )
    first, second = run
    return {"E": first.loss, "E after one step, biases too": second.loss, "dw5..8": first.tape[2].grads["W"].T}


def mazur_by_trace():
    """Each weight on its own: the sum over all paths from the error back to it."""

    def of(layer, i, j):
        return trace_weight(mazur_network(), [INPUT], [TARGET], HalfSquaredError(), layer, (i, j)).gradient

    weights = [(0, 0), (1, 0), (0, 1), (1, 1)]  # w1 and w2 stand in the first column of W
    first, second = ([of(layer, i, j) for i, j in weights] for layer in (0, 2))
    return {
        "dw1..4": first,
        "dw5..8": second,
        "new w1..4": [w - RATE * dw for w, dw in zip(W1_TO_4, first, strict=True)],
        "new w5..8": [w - RATE * dw for w, dw in zip(W5_TO_8, second, strict=True)],
    }


def mazur_graph(w, v):
    z_h = [w[0] * INPUT[0] + w[1] * INPUT[1] + B1, w[2] * INPUT[0] + w[3] * INPUT[1] + B1]
    h = [z.sigmoid() for z in z_h]
    z_o = [v[0] * h[0] + v[1] * h[1] + B2, v[2] * h[0] + v[3] * h[1] + B2]
    o = [z.sigmoid() for z in z_o]
    E = sum(((TARGET[k] - o[k]) ** 2 * 0.5 for k in range(2)), Value(0.0))
    return z_h, h, z_o, o, E


def mazur_by_value():
    w, v = [Value(x) for x in W1_TO_4], [Value(x) for x in W5_TO_8]
    z_h, h, z_o, o, E = mazur_graph(w, v)
    E.backward()
    new_w, new_v = [x.data - RATE * x.grad for x in w], [x.data - RATE * x.grad for x in v]
    return {
        "z_h": [z.data for z in z_h],
        "h": [a.data for a in h],
        "z_o": [z.data for z in z_o],
        "o": [a.data for a in o],
        "E": E.data,
        "delta_o": [z.grad for z in z_o],
        "dw5..8": [x.grad for x in v],
        "dE/dh": [a.grad for a in h],
        "delta_h": [z.grad for z in z_h],
        "dw1..4": [x.grad for x in w],
        "new w1..4": new_w,
        "new w5..8": new_v,
        "E after one step": mazur_graph([Value(x) for x in new_w], [Value(x) for x in new_v])[-1].data,
    }


def trace_output(network, x, *places):
    """The gradient of the output itself for parameters (layer, index): the loss is one whose slope there is 1."""
    target = network(x) - 1
    return [trace_weight(network, x, target, HalfSquaredError(), layer, index).gradient for layer, index in places]


# === Andrej Karpathy, micrograd: the example of its README, its test, and two graphs of the lecture =================

MICROGRAD = {
    "README: g": "24.70408163265306",
    "README: dg/da, dg/db": "138.83381924198252 645.5772594752186",
    "test at x = -4: y, dy/dx": "-20 46",
    "(a b + c) f at 2, -3, 10, -2": "-8",
    "its gradients": "6 -4 -2 4",
    "a b (a + b) at -2, 3": "-6",
    "gradients of a and b, each used twice": "-3 -8",
}


def micrograd_by_value():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + (b + a).relu())
    d = d + (3 * d + (b - a).relu())
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    g.backward()
    found = {"README: g": g.data, "README: dg/da, dg/db": (a.grad, b.grad)}

    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    y = (z * z).relu() + q + q * x
    y.backward()
    found["test at x = -4: y, dy/dx"] = (y.data, x.grad)

    a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
    out = (a * b + c) * f
    out.backward()
    found["(a b + c) f at 2, -3, 10, -2"] = out.data
    found["its gradients"] = [v.grad for v in (a, b, c, f)]

    a, b = Value(-2.0), Value(3.0)
    out = a * b * (a + b)
    out.backward()
    return {**found, "a b (a + b) at -2, 3": out.data, "gradients of a and b, each used twice": (a.grad, b.grad)}


def micrograd_by_network():
    """(a b + c) f is a chain of two neurons without activation: input a, weight b, bias c, then weight f."""
    network = Sequential(Dense(1, 1, weights=[[-3.0]], bias=[10.0]), Dense(1, 1, weights=[[-2.0]]))
    y, tape = network.forward([[2.0]])
    dx = network.backward(np.ones((1, 1)), tape)
    gradients = [dx, network[0].W.grad, network[0].b.grad, network[1].W.grad]
    return {"(a b + c) f at 2, -3, 10, -2": y, "its gradients": np.ravel([g.item() for g in gradients])}


def micrograd_by_trace():
    """The same two neurons; a is a weight where b is the input, and the other way round."""
    a, b, c, f = 2.0, -3.0, 10.0, -2.0

    def chain(weight):
        return Sequential(Dense(1, 1, weights=[[weight]], bias=[c]), Dense(1, 1, weights=[[f]]))

    (da,) = trace_output(chain(a), [[b]], (0, (0, 0)))
    return {"its gradients": [da, *trace_output(chain(b), [[a]], (0, (0, 0)), (0, 0), (1, (0, 0)))]}


# === CS231n, "Backpropagation, Intuitions" and "Minimal neural network case study" ================================

CS231N = {
    "(x + y) z at -2, 5, -4": "-12",
    "its gradients": "-4 -4 3",
    "sigmoid neuron, w = (2, -3, -3), x = (-1, -2)": "0.7310585786300049",
    "its dw": "-0.19661193324 -0.39322386648 0.19661193324",
    "softmax p = (.2, .3, .5), class 1: dz": "0.2 -0.7 0.5",
}


def cs231n_by_value():
    x, y, z = Value(-2.0), Value(5.0), Value(-4.0)
    f = (x + y) * z
    f.backward()
    w = [Value(2.0), Value(-3.0), Value(-3.0)]
    neuron = (w[0] * -1.0 + w[1] * -2.0 + w[2]).sigmoid()
    neuron.backward()
    logits = [Value(math.log(p)) for p in (0.2, 0.3, 0.5)]
    loss = -(logits[1].exp() / (logits[0].exp() + logits[1].exp() + logits[2].exp())).log()
    loss.backward()
    return {
        "(x + y) z at -2, 5, -4": f.data,
        "its gradients": [v.grad for v in (x, y, z)],
        "sigmoid neuron, w = (2, -3, -3), x = (-1, -2)": neuron.data,
        "its dw": [v.grad for v in w],
        "softmax p = (.2, .3, .5), class 1: dz": [v.grad for v in logits],
    }


def cs231n_by_network():
    """x + y is a neuron with weights 1, z the weight of the next; w2 is the bias."""
    circuit = Sequential(Dense(2, 1, weights=[[1.0], [1.0]]), Dense(1, 1, weights=[[-4.0]]))
    y, tape = circuit.forward([[-2.0, 5.0]])
    dx = circuit.backward(np.ones((1, 1)), tape)
    neuron = Sequential(Dense(2, 1, weights=[[2.0], [-3.0]], bias=[-3.0]), Sigmoid())
    out, neuron_tape = neuron.forward([[-1.0, -2.0]])
    neuron.backward(np.ones((1, 1)), neuron_tape)
    loss = SoftmaxCrossEntropy()
    return {
        "(x + y) z at -2, 5, -4": y,
        "its gradients": np.append(dx, circuit[1].W.grad),
        "sigmoid neuron, w = (2, -3, -3), x = (-1, -2)": out,
        "its dw": np.append(neuron[0].W.grad, neuron[0].b.grad),
        "softmax p = (.2, .3, .5), class 1: dz": loss.backward(loss.forward(np.log([[0.2, 0.3, 0.5]]), [1])[1]),
    }


def cs231n_by_trace():
    """x and y as weights of an input of 1; the logits as biases of a neuron whose weights are 0."""
    circuit = Sequential(Dense(2, 1, weights=[[-2.0], [5.0]]), Dense(1, 1, weights=[[-4.0]]))
    neuron = Sequential(Dense(2, 1, weights=[[2.0], [-3.0]], bias=[-3.0]), Sigmoid())
    logits = Sequential(Dense(1, 3, weights=np.zeros((1, 3)), bias=np.log([0.2, 0.3, 0.5])))
    return {
        "its gradients": trace_output(circuit, [[1.0, 1.0]], (0, (0, 0)), (0, (1, 0)), (1, (0, 0))),
        "its dw": trace_output(neuron, [[-1.0, -2.0]], (0, (0, 0)), (0, (1, 0)), (0, 0)),
        "softmax p = (.2, .3, .5), class 1: dz": [
            trace_weight(logits, [[1.0]], [1], SoftmaxCrossEntropy(), 0, j).gradient for j in range(3)
        ],
    }


# === Jason Brownlee, "How to Code a Neural Network with Backpropagation From Scratch": 2-1-2, bias last =============

HIDDEN = (0.13436424411240122, 0.8474337369372327, 0.763774618976614)
OUTPUT = (0.2550690257394217, 0.49543508709194095), (0.4494910647887381, 0.651592972722763)

BROWNLEE = {
    "hidden unit for input (1, 0)": "0.7105668883115941",
    "outputs": "0.6629970129852887 0.7253160725279748",
}


def brownlee_by_network():
    network = Sequential(
        Dense(2, 1, weights=[[HIDDEN[0]], [HIDDEN[1]]], bias=[HIDDEN[2]]),
        Sigmoid(),
        Dense(1, 2, weights=[[OUTPUT[0][0], OUTPUT[1][0]]], bias=[OUTPUT[0][1], OUTPUT[1][1]]),
        Sigmoid(),
    )
    y, tape = network.forward([[1.0, 0.0]])
    return {"hidden unit for input (1, 0)": tape[1].y, "outputs": y}


def brownlee_by_value():
    h = (Value(HIDDEN[0]) * 1 + Value(HIDDEN[1]) * 0 + HIDDEN[2]).sigmoid()
    return {"hidden unit for input (1, 0)": h.data, "outputs": [(w * h + b).sigmoid().data for w, b in OUTPUT]}


# === Christopher Olah, "Calculus on Computational Graphs" (2015) ===================================================

OLAH = {"e = (a + b)(b + 1) at 2, 1": "6", "de/da, de/db": "2 5"}


def olah_by_value():
    a, b = Value(2.0), Value(1.0)
    e = (a + b) * (b + 1)
    e.backward()
    return {"e = (a + b)(b + 1) at 2, 1": e.data, "de/da, de/db": (a.grad, b.grad)}


# === Gradient descent on x^2 from 10, ten steps: a rate that is good, one that is small, one that is too large ======

PARABOLA = {"rate 0.2": "0.060466", "rate 0.05": "3.486784", "rate 1.1": "61.917364"}


def parabola_by_sgd():
    """A neuron with input 1, weight x and target 0: its squared error is x^2."""
    found = {}
    for rate in (0.2, 0.05, 1.1):
        neuron, loss, optimizer = Sequential(Dense(1, 1, weights=[[10.0]])), MeanSquaredError(), SGD(rate)
        for _ in range(10):
            y, tape = neuron.forward([[1.0]])
            neuron.backward(loss.backward(loss.forward(y, [[0.0]])[1]), tape)
            optimizer.step([neuron[0].W])
        found[f"rate {rate}"] = neuron[0].W.value
    return found


def parabola_by_value():
    found = {}
    for rate in (0.2, 0.05, 1.1):
        x = Value(10.0)
        for _ in range(10):
            (x * x).backward()
            x = Value(x.data - rate * x.grad)
        found[f"rate {rate}"] = x.data
    return found


# === The comparison ================================================================================================

SOURCES = {  # source: (its table, the ways to compute it)
    "Mazur": (MAZUR, [mazur_by_network, mazur_by_training, mazur_by_value, mazur_by_trace]),
    "micrograd": (MICROGRAD, [micrograd_by_value, micrograd_by_network, micrograd_by_trace]),
    "CS231n": (CS231N, [cs231n_by_value, cs231n_by_network, cs231n_by_trace]),
    "Brownlee": (BROWNLEE, [brownlee_by_network, brownlee_by_value]),
    "Olah": (OLAH, [olah_by_value]),
    "x^2": (PARABOLA, [parabola_by_sgd, parabola_by_value]),
}


@cache
def found_by(way):
    """What this way finds, as flat lists of numbers; computed once."""
    return {name: np.ravel(numbers).tolist() for name, numbers in way().items()}


def last_digit(printed):
    """One unit of the last digit that was printed."""
    return 10.0 ** Decimal(printed).as_tuple().exponent


def agrees(number, printed):
    """Whether a number rounds to what was printed; 17 printed digits allow a last bit or two."""
    value = float(printed)
    return abs(number - value) <= max(0.5001 * last_digit(printed), 4e-16 * abs(value))


@pytest.mark.parametrize(
    ("table", "way"),
    [pytest.param(table, way, id=way.__name__) for table, ways in SOURCES.values() for way in ways],
)
def test_the_published_numbers(table, way):
    for name, found in found_by(way).items():
        printed = table[name].split()
        assert len(found) == len(printed), name
        assert all(map(agrees, found, printed)), f"{name}: {found} is not {table[name]}"


@pytest.mark.parametrize("source", SOURCES)
def test_every_number_has_a_way_and_no_way_invents_one(source):
    table, ways = SOURCES[source]
    assert set().union(*(found_by(way) for way in ways)) == set(table)


def test_the_page_of_mazur_prints_the_wrong_order():
    """0.291027924 is what the page says; the right order differs from the seventh digit on."""
    found = found_by(mazur_by_network)
    assert agrees(found["E after one step in the wrong order"][0], "0.291027924")
    assert not agrees(found["E after one step"][0], "0.291027924")


def test_the_comparison_can_fail():
    assert not agrees(0.291027773695, "0.291027773694")
    assert not agrees(24.70408163265316, "24.70408163265306")
    assert agrees(0.3775, "0.3775")
