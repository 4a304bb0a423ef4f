"""`Value` against numbers published by others, against central differences, and at the edges of its domain."""

import gc
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bplearn.errors import ArgumentError
from bplearn.scalar import Value, derivatives, topological_order


def grads(output, *nodes):
    output.backward()
    return [node.grad for node in nodes]


# Numbers published by others ------------------------------------------------------------------------------------


def test_micrograd_readme():
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
    assert g.data == pytest.approx(24.70408163265306, rel=1e-15)
    assert grads(g, a, b) == pytest.approx([138.83381924198252, 645.5772594752186], rel=1e-15)


def test_micrograd_own_test_at_minus_four():
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    assert y.data == -20
    assert grads(y, x) == [46]


def test_product_plus_times():
    a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
    out = (a * b + c) * f
    assert out.data == -8
    assert grads(out, a, b, c, f) == [6, -4, -2, 4]


def test_both_factors_used_twice():
    a, b = Value(-2.0), Value(3.0)
    out = (a * b) * (a + b)
    assert out.data == -6
    assert grads(out, a, b) == [-3, -8]


def test_cs231n_circuit():
    x, y, z = Value(-2), Value(5), Value(-4)
    out = (x + y) * z
    assert out.data == -12
    assert grads(out, x, y, z) == [-4, -4, 3]


@pytest.mark.parametrize("by_hand", [False, True], ids=["sigmoid", "1 / (1 + exp(-x))"])
def test_cs231n_sigmoid_neuron(by_hand):
    w = [Value(2), Value(-3), Value(-3)]
    x = [Value(-1), Value(-2)]
    z = w[0] * x[0] + w[1] * x[1] + w[2]
    out = 1 / (1 + (-z).exp()) if by_hand else z.sigmoid()
    assert out.data == pytest.approx(0.7310585786300049, rel=1e-15)
    assert grads(out, *w) == pytest.approx([-0.19661193324, -0.39322386648, 0.19661193324], abs=1e-11)


def test_colah():
    a, b = Value(2), Value(1)
    e = (a + b) * (b + 1)
    assert e.data == 6
    assert grads(e, a, b) == [2, 5]


def test_softmax_cross_entropy_gives_p_minus_one_hot():
    z = [Value(math.log(p)) for p in (0.2, 0.3, 0.5)]
    powers = [v.exp() for v in z]
    loss = -(powers[1] / (powers[0] + powers[1] + powers[2])).log()
    assert grads(loss, *z) == pytest.approx([0.2, -0.7, 0.5], abs=1e-15)


def test_mazur_2_2_2_forward_and_backward():
    i1, i2, b1, b2 = Value(0.05), Value(0.10), Value(0.35), Value(0.60)
    w = [Value(v) for v in (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55)]
    z_h = [w[0] * i1 + w[1] * i2 + b1, w[2] * i1 + w[3] * i2 + b1]
    h = [v.sigmoid() for v in z_h]
    z_o = [w[4] * h[0] + w[5] * h[1] + b2, w[6] * h[0] + w[7] * h[1] + b2]
    o = [v.sigmoid() for v in z_o]
    error = (0.01 - o[0]) ** 2 / 2 + (0.99 - o[1]) ** 2 / 2

    def close(nodes, published):
        assert [v.data for v in nodes] == pytest.approx(published, abs=6e-13)

    close(z_h, [0.3775, 0.3925])
    close(h, [0.593269992107, 0.596884378260])
    close(z_o, [1.105905967060, 1.224921404096])
    close(o, [0.751365069552, 0.772928465321])
    close([error], [0.298371108760])
    error.backward()
    published = {
        "delta_o": (z_o, [0.138498561629, -0.038098236517]),
        "dE/dh": (h, [0.036350306393, 0.041370322649]),
        "delta_h": (z_h, [0.008771354689, 0.009954254705]),
        "dw1..4": (w[:4], [0.000438567734, 0.000877135469, 0.000497712735, 0.000995425471]),
        "dw5..8": (w[4:], [0.082167040564, 0.082667627848, -0.022602540477, -0.022740242216]),
    }
    for name, (nodes, numbers) in published.items():
        assert [v.grad for v in nodes] == pytest.approx(numbers, abs=6e-13), name
    new = [v.data - 0.5 * v.grad for v in w]
    assert new[:4] == pytest.approx([0.149780716133, 0.199561432266, 0.249751143632, 0.299502287265], abs=6e-13)
    assert new[4:] == pytest.approx([0.358916479718, 0.408666186076, 0.511301270239, 0.561370121108], abs=6e-13)


# Central differences --------------------------------------------------------------------------------------------

UNARY = {
    "exp": (lambda v: v.exp(), np.exp),
    "log": (lambda v: (v * v + 0.5).log(), lambda v: np.log(v * v + 0.5)),
    "tanh": (lambda v: v.tanh(), np.tanh),
    "relu": (lambda v: v.relu(), lambda v: np.maximum(v, 0)),
    "sigmoid": (lambda v: v.sigmoid(), lambda v: 0.5 * (1 + np.tanh(v / 2))),
    "neg": (lambda v: -v, lambda v: -v),
    "cube": (lambda v: v**3, lambda v: v**3),
    "one over": (lambda v: 2 / (v * v + 1), lambda v: 2 / (v * v + 1)),
    "2 to the": (lambda v: 2**v, lambda v: np.exp2(v)),
    "minus from": (lambda v: 1.5 - v, lambda v: 1.5 - v),
}
BINARY = {
    "+": (lambda a, b: a + b, lambda a, b: a + b),
    "-": (lambda a, b: a - b, lambda a, b: a - b),
    "*": (lambda a, b: a * b, lambda a, b: a * b),
    "/": (lambda a, b: a / (b * b + 1), lambda a, b: a / (b * b + 1)),
    "**": (lambda a, b: (a * a + 1) ** b, lambda a, b: (a * a + 1) ** b),
    "max": (lambda a, b: a.max(b), np.maximum),
}
programs = st.lists(
    st.tuples(st.sampled_from([*UNARY, *BINARY]), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=8
)
points = st.lists(st.integers(-2000, 1999).map(lambda k: (k + 0.5) / 1000), min_size=3, max_size=3)


def run(program, start, table):
    """Each line of the program uses earlier results; the answer is a sum of all, so that every line counts."""
    known = list(start)
    for name, i, j in program:
        a, b = known[i % len(known)], known[j % len(known)]
        known.append(UNARY[name][table](a) if name in UNARY else BINARY[name][table](a, b))
    total = known[0]
    for v in known[1:]:
        total = total + v
    return total, known


def numeric(program, start, h=1e-5):
    """Central differences of the same program in plain NumPy; None where it is too wild to be measured."""
    slopes = []
    with np.errstate(all="ignore"):
        for k in range(len(start)):
            pair = []
            for step in (h, -h, h / 2, -h / 2):
                moved = np.array(start, dtype=np.float64)
                moved[k] += step
                pair.append(float(run(program, moved, 1)[0]))
            wide, narrow = (pair[0] - pair[1]) / (2 * h), (pair[2] - pair[3]) / h
            if not np.isfinite([wide, narrow, *pair]).all() or abs(wide - narrow) > 1e-6 * (1 + abs(narrow)):
                return None  # a kink or a cliff within h
            slopes.append(narrow)
    return slopes


def near_a_kink(node):
    """Relu at zero and max at a tie have no slope to measure; what they answer there is tested further below."""
    left, right = (
        [p.data for p in node.parents] if node.op == "max" else [node.parents[0].data if node.parents else 1, 0]
    )
    return node.op in ("relu", "max") and abs(left - right) < 1e-4


@settings(max_examples=200, deadline=None)
@given(programs, points)
def test_random_expressions_against_central_differences(program, start):
    expected = numeric(program, start)
    assume(expected is not None and np.abs(expected).max() < 1e4)
    try:
        nodes = [Value(v) for v in start]
        out, known = run(program, nodes, 0)
    except ArgumentError:
        assume(False)
    assume(not any(near_a_kink(v) for v in topological_order(out)))
    assert out.data == pytest.approx(float(run(program, np.array(start), 1)[0]), rel=1e-12, abs=1e-12)
    assume(max(abs(v.data) for v in known) < 1e4)
    assert grads(out, *nodes) == pytest.approx(expected, rel=2e-5, abs=2e-5)


def test_the_check_notices_a_planted_wrong_local_derivative():
    x = Value(0.7)
    y = x.tanh()
    right = numeric([("tanh", 0, 0)], [0.7])[0] - 1  # without the term of x itself
    assert grads(y, x) == pytest.approx([right], rel=1e-5)
    object.__setattr__(y, "local_derivatives", (1 - math.tanh(0.7),))  # the square forgotten
    assert grads(y, x) != pytest.approx([right], rel=1e-2)


# How gradients add up -------------------------------------------------------------------------------------------


def test_a_value_used_twice_adds_up():
    x = Value(3.0)
    assert grads(x + x, x) == [2]
    assert grads(x * x, x) == [6]
    assert grads(x**x, x) == pytest.approx([27 * (1 + math.log(3))])
    assert grads(x / x, x) == pytest.approx([0])


def test_backward_twice_gives_the_same_numbers():
    a, b = Value(2.0), Value(1.0)
    e = (a + b) * (b + 1)
    assert grads(e, a, b) == grads(e, a, b) == [2, 5]


def test_backward_from_another_output_replaces():
    x = Value(3.0)
    square, double = x * x, x * 2
    square.backward()
    double.backward()
    assert x.grad == 2
    assert square.grad == 1  # not below `double`: what it had stays


def test_grad_is_none_before_backward_and_one_at_the_output():
    x = Value(2.0)
    y = x * 3
    assert (x.grad, y.grad) == (None, None)
    y.backward()
    assert y.grad == 1
    assert x.exp().grad is None


def test_derivatives_writes_nothing():
    x = Value(2.0)
    y = x * 3
    assert derivatives(y) == {x: 3, y: 1}
    assert (x.grad, y.grad) == (None, None)


def test_a_refused_backward_changes_nothing():
    x = Value(1e-200)
    y = x * 1e200 * 1e200
    with pytest.raises(
        ArgumentError, match=r"^backward expected a finite gradient for .*, got inf\. The local derivatives"
    ):
        y.backward()
    assert x.grad is None


def test_parents_stand_before_children():
    x = Value(1.0)
    y = x * x + x.exp() * (x + 1)
    order = topological_order(y)
    place = {node: k for k, node in enumerate(order)}
    assert len(place) == len(order) == 6
    assert all(place[p] < place[node] for node in order for p in node.parents)


# Plain numbers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "data", "slope", "op"),
    [
        (lambda x: x + 1, 4, 1, "+ 1"),
        (lambda x: 1 + x, 4, 1, "1 +"),
        (lambda x: x - 1, 2, 1, "- 1"),
        (lambda x: 1 - x, -2, -1, "1 -"),
        (lambda x: x * 2, 6, 2, "* 2"),
        (lambda x: 2 * x, 6, 2, "2 *"),
        (lambda x: x / 2, 1.5, 0.5, "/ 2"),
        (lambda x: 6 / x, 2, -2 / 3, "6 /"),
        (lambda x: x**2, 9, 6, "** 2"),
        (lambda x: 2**x, 8, 8 * math.log(2), "2 **"),
        (lambda x: x.max(1), 3, 1, "max 1"),
        (lambda x: -x, -3, -1, "neg"),
        (lambda x: np.float64(2) * x, 6, 2, "2 *"),
        (lambda x: np.int64(2) + x, 5, 1, "2 +"),
        (lambda x: x - np.float32(0.5), 2.5, 1, "- 0.5"),
    ],
)
def test_a_plain_number_takes_part_but_is_no_node(make, data, slope, op):
    x = Value(3.0)
    y = make(x)
    assert y.data == pytest.approx(data)
    assert y.local_derivatives == pytest.approx((slope,))
    assert y.parents == (x,)
    assert y.op == op
    assert type(y.data) is float


# Ties and far ends ----------------------------------------------------------------------------------------------


def test_relu_has_slope_zero_at_zero():
    assert Value(0.0).relu().local_derivatives == (0.0,)
    assert Value(-0.0).relu().local_derivatives == (0.0,)


def test_a_tie_of_max_is_shared():
    a, b = Value(2.0), Value(2.0)
    assert grads(a.max(b), a, b) == [0.5, 0.5]
    assert grads(a.max(a), a) == [1]
    assert grads(a.max(2), a) == [0.5]
    assert grads(a.max(3), a) == [0]


@pytest.mark.parametrize("x", [-1000.0, -745.0, 745.0, 1000.0, 1e300, -1e300])
def test_sigmoid_and_tanh_far_out(x):
    assert Value(x).sigmoid().data == pytest.approx(float(x > 0), abs=1e-300)
    assert Value(x).tanh().data == math.copysign(1, x)
    assert Value(x).tanh().local_derivatives == (0.0,)
    assert Value(x).sigmoid().local_derivatives[0] == pytest.approx(0, abs=1e-300)


def test_sigmoid_keeps_its_small_numbers():
    assert Value(-700.0).sigmoid().data == pytest.approx(math.exp(-700), rel=1e-12)
    assert Value(30.0).sigmoid().local_derivatives[0] == pytest.approx(math.exp(-30), rel=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Value(0.0).log(), "log expected a number above 0, got 0.0. Is a probability exactly 0?"),
        (lambda: Value(-1.0).log(), "log expected a number above 0, got -1.0. Is a probability exactly 0?"),
        (lambda: Value(1000.0).exp(), "exp expected a number of at most 709.78, got 1000.0. e to that power"),
        (lambda: Value(1.0) / 0, "Value / expected a divisor other than 0, got 1.0 / 0.0."),
        (lambda: 1 / Value(0.0), "Value / expected a divisor other than 0, got 1.0 / 0.0."),
        (lambda: Value(0.0) ** -1, "Value ** expected a base other than 0 for an exponent below 1, got 0.0 ** -1.0."),
        (lambda: Value(0.0) ** 0.5, "Value ** expected a base other than 0 for an exponent below 1, got 0.0 ** 0.5."),
        (lambda: Value(-2.0) ** 0.5, "Value ** expected a whole exponent for a base below 0, got -2.0 ** 0.5."),
        (
            lambda: (-2) ** Value(2.0),
            "Value ** expected a base above 0 where the exponent is a Value, got -2.0 ** 2.0.",
        ),
        (lambda: Value(10.0) ** 400, "Value ** expected a finite result and slope, got inf with slopes inf"),
        (lambda: Value(1e200) * 1e200, "Value * expected a finite result and slope, got inf with slopes"),
        (lambda: Value(1.0) / 1e-320, "Value / expected a finite result and slope, got inf with slopes"),
        (lambda: Value("2"), "Value expected a number or a Value, got '2' (str)."),
        (lambda: Value(True), "Value expected a number or a Value, got True (bool)."),
        (lambda: Value(1 + 2j), "Value expected a number or a Value, got (1+2j) (complex)."),
        (lambda: Value(float("nan")), "Value expected a finite number, got nan."),
        (lambda: Value(10**400), "Value expected a finite number, got 100000"),
        (lambda: Value(1.0) + "1", "Value + expected a number or a Value, got '1' (str). A Value holds one number"),
        (lambda: None * Value(1.0), "Value * expected a number or a Value, got None (NoneType)."),
        (lambda: Value(1.0) * np.ones(3), "Value * expected a number or a Value, got array([1., 1., 1.]) (ndarray)."),
        (lambda: np.ones(3) * Value(1.0), "Value * expected a number or a Value, got array([1., 1., 1.]) (ndarray)."),
        (lambda: Value(1.0).max(math.inf), "Value max expected a finite number, got inf."),
    ],
)
def test_what_cannot_be_done_is_said(make, message):
    with pytest.raises(ArgumentError) as caught:
        make()
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 700


def test_numbers_cannot_be_changed_behind_the_graph():
    x = Value(2.0)
    with pytest.raises(ArgumentError, match=r"^Value expected changes of \.name only.*got data = 3\. Make a new Value"):
        x.data = 3
    with pytest.raises(ArgumentError, match=r"got grad = 0\. backward\(\) writes grad\.$"):
        x.grad = 0
    x.name = "x"
    assert repr(x) == "Value(x = 2)"


def test_functions_that_would_lose_the_graph_refuse():
    for function in (math.exp, np.exp, float):
        with pytest.raises(TypeError):
            function(Value(1.0))


# Long chains and repr -------------------------------------------------------------------------------------------


def test_a_chain_of_100000_operations():
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = (y + 1e-5) * 1.0
    assert grads(y, x) == [1]
    assert y.data == pytest.approx(1.5)
    assert repr(y) == "Value(data = 1.5, grad = 1)"
    assert y._repr_html_() is None
    del x, y  # taking the chain apart must not call itself 100,000 deep either
    gc.collect()


def test_a_fork_at_every_step_costs_no_more_than_a_chain():
    x = Value(1.0)
    y = x
    for _ in range(500):
        y = (y + y) * 0.5  # 2 ** 500 paths
    assert grads(y, x) == [1]


def test_repr():
    a = Value(2, name="d")
    assert repr(a) == "Value(d = 2)"
    y = a * 3
    assert repr(y) == "Value(data = 6)"
    y.backward()
    assert repr(a) == "Value(d = 2, grad = 3)"
    assert repr(Value(1e-20)) == "Value(data = 1e-20)"
    assert repr(Value(-0.0)) == "Value(data = 0)"
    assert repr(Value(0.1 + 0.2)) == "Value(data = 0.3)"
