"""What notebook 04 claims beyond what its cells show."""

import math

import numpy as np

from bplearn.functional import softmax
from bplearn.scalar import Value, paths, topological_order
from tests.notebooks.claims import Claims, said


def first_example():
    a, b = Value(2), Value(1)
    return a, b, (a + b) * (b + 1)


def arrows(output):
    return sum(len(node.parents) for node in topological_order(output))


def doublings(times):
    start = number = Value(1)
    for _ in range(times):
        number = number + number
    return start, number


def neuron():
    w1, x1, w2, x2, b = map(Value, (2, -1, -3, -2, -3))
    return {"w1": w1, "w2": w2, "b": b}, (w1 * x1 + w2 * x2 + b).sigmoid()


CLAIMS = Claims()


@CLAIMS.computed(
    "Two arrows leave `b`, so both `c` and `d` move, and `e` feels both.",
    "`b` is used twice, so two paths lead from `e` back to `b`:",
    "When `b` moves, both happen at once, so the moves add up:",
)
def both_moves_add_up():
    a, b, e = first_example()
    assert sorted(path.product for path in paths(e, b)) == [2, 3]
    nudged = ((2 + 1.001) * (1.001 + 1) - 6) / 0.001
    assert abs(nudged - (2 + 3)) < 0.01
    assert (2 + 1.001, 1.001 + 1) != (3, 2)


@CLAIMS.computed(
    r"| maximum | $\max(u, v)$ | 1 for the larger of the two, 0 for the other | $u = 3$, $v = 5$ |",
)
def the_rule_of_the_maximum():
    assert Value(3).max(Value(5)).local_derivatives == (0, 1)
    assert Value(5).max(Value(3)).local_derivatives == (1, 0)


@CLAIMS.computed(
    "There is no fork, so there is one path.",
    "So the four boxes may be drawn as one, with one local derivative.",
)
def four_boxes_one_path():
    u = Value(1)
    y = 1 / ((-u).exp() + 1)
    [path] = paths(y, u)
    assert len(path.factors) == 4
    for number in (-3, 0, 1, 2.5):
        u = Value(number)
        [path] = paths(1 / ((-u).exp() + 1), u)
        assert np.isclose(path.product, Value(number).sigmoid().local_derivatives[0])


@CLAIMS.computed(
    "Call the sum $s = 1 + e^{-u}$, so $y = 1/s$.",
)
def a_name_for_the_sum():
    for u in (-2, 0, 1):
        assert np.isclose(1 / (1 + math.exp(-u)), Value(u).sigmoid().data)


@CLAIMS.computed(
    "`topological_order` lists a graph with every number after the numbers it was made from, so going through it in reverse starts at the output.",
)
def the_reversed_list_starts_at_the_output():
    a, b, e = first_example()
    order = topological_order(e)
    assert list(reversed(order))[0] is e
    assert all(order.index(parent) < order.index(node) for node in order for parent in node.parents)


@CLAIMS.computed(
    "Our neuron of notebook 1 is a longer circuit.",
)
def more_operations_than_the_first_circuits():
    assert len(topological_order(neuron()[1])) > len(topological_order(first_example()[2]))


@CLAIMS.computed(
    "It stands on **every** path, so it is computed once and re-used.",
    "So",
)
def one_slope_on_every_path():
    inputs, a = neuron()
    for name, times in (("w1", -1), ("w2", -2), ("b", 1)):
        [path] = paths(a, inputs[name])
        assert np.isclose(path.factors[0], a.data * (1 - a.data))
        assert np.isclose(path.product, path.factors[0] * times)


@CLAIMS.computed(
    "The largest in size belongs to $w_2$, whose input is the largest in size.",
)
def the_largest_input_has_the_largest_gradient():
    found = dict(zip(("w1", "w2", "b"), eval(said("04", "cell-04-048")), strict=True))
    assert max(found, key=lambda name: abs(found[name])) == "w2"
    assert abs(-2) > max(abs(-1), 1)


@CLAIMS.computed(
    "So the result is $p$ with 1 taken away at the true class, which is *said minus true* again:",
)
def said_minus_true():
    z, h = np.log([[1, 1.5, 2.5]]), 1e-6
    nudges = [h * np.eye(3)[[k]] for k in range(3)]
    slopes = [(-np.log(softmax(z + n)[0, 1]) + np.log(softmax(z - n)[0, 1])) / (2 * h) for n in nudges]
    assert np.allclose(slopes, softmax(z)[0] - [0, 1, 0])


@CLAIMS.computed(
    "Double a number twenty times: every doubling is a fork, so the number of paths doubles as well.",
    "Backward found that with 40 multiplications, because it adds at each fork and hands on one number.",
    "This **re-use** of what the paths share is the third idea.",
    "Without it the work would grow with the number of paths, here a million, in place of the number of arrows.",
)
def arrows_and_paths():
    for times in (1, 3, 8):
        start, end = doublings(times)
        assert len(list(paths(end, start))) == 2**times
        assert arrows(end) == 2 * times
    assert arrows(doublings(20)[1]) == 40
    assert round(2**20, -6) == 1_000_000


@CLAIMS.computed(
    "So all who use the number must be done first: the reversed topological order.",
)
def a_share_that_comes_late_is_missing():
    a, b, e = first_example()
    grads, late = {e: 1.0}, 0.0
    for node in (e, b, *reversed(topological_order(e))):
        if node is b:
            late = max(late, grads.get(b, 0.0))
            break
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            grads[parent] = grads.get(parent, 0.0) + grads[node] * local
    assert late < 5


@CLAIMS.computed(
    "It nudges `b` up and down by 0.00001 and divides the change of `e` by the change of `b`, as in notebook 1.",
    "`q` grows by 0.001 · 1.",
    "The other factor, 20 / 5 = 4 (equation 4.2).",
)
def small_moves():
    h = 0.00001
    assert np.isclose((((2 + 1 + h) * (1 + h + 1)) - ((2 + 1 - h) * (1 - h + 1))) / (2 * h), 5)
    assert np.isclose((-2 + 0.001 + 5) - (-2 + 5), 0.001 * 1)
    assert Value(5).__mul__(Value(20 / 5)).local_derivatives[0] == 4
