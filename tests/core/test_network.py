"""Networks and tapes: what a pass records, that it stays true, how shared layers add up, and what is refused."""
# ruff: noqa: E501 - a message stands in one line

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bplearn
from bplearn import (
    SGD,
    ArgumentError,
    BinaryCrossEntropy,
    DataError,
    Dense,
    Flatten,
    HalfSquaredError,
    Identity,
    MeanSquaredError,
    ReLU,
    Sequential,
    ShapeError,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
    Tanh,
    TapeMismatch,
    mlp,
)

SMOOTH = [
    bplearn.Sigmoid,
    bplearn.Tanh,
    bplearn.GELU,
    bplearn.SiLU,
    bplearn.Softplus,
    bplearn.Softmax,
    bplearn.Identity,
]


def x_of(rows, columns, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns))


def gradient_by_differences(network, x, target, loss, h=1e-5):
    """dL/d(all parameters), one entry at a time, with nothing of backward."""
    flat = network.parameters().value.copy()
    slopes = np.zeros_like(flat)
    for k in range(len(flat)):
        ends = []
        for step in (h, -h):
            moved = flat.copy()
            moved[k] += step
            network.parameters().replace(moved)
            ends.append(loss.forward(network(x), target)[0])
        slopes[k] = (ends[0] - ends[1]) / (2 * h)
    network.parameters().replace(flat)
    return slopes


def backprop(network, x, target, loss):
    y, tape = network.forward(x)
    dx = network.backward(loss.backward(loss.forward(y, target)[1]), tape)
    return network.parameters().grad, dx, tape


# --- Forward and the tape ------------------------------------------------------------------------------------------


def test_the_tape_holds_every_layer_once_and_its_neighbours_fit():
    network, x = mlp(3, 4, 2, rng=0), x_of(5, 3)
    y, tape = network.forward(x)
    assert len(tape) == len(network) == 3
    assert [step.layer for step in tape] == list(network.layers)
    np.testing.assert_array_equal(tape[0].x, x)
    assert all(a.y is b.x for a, b in pairwise(tape))
    assert tape[-1].y is y
    np.testing.assert_array_equal(network(x), y)
    assert all(step.dy is None and step.dx is None and step.grads is None for step in tape)


def test_backward_fills_the_tape_from_the_last_step_to_the_first():
    network, x = mlp(3, 4, 2, rng=0), x_of(5, 3)
    _, dx, tape = backprop(network, x, np.zeros((5, 2)), MeanSquaredError())
    assert all(b.dx is a.dy for a, b in pairwise(tape))
    assert tape[0].dx is dx
    for place in (0, 2):
        np.testing.assert_array_equal(tape[place].grads["W"], network[place].W.grad)
        np.testing.assert_array_equal(tape[place].grads["b"], network[place].b.grad)


def test_the_tape_tells_what_it_holds():
    network = mlp(3, 4, 2, rng=0)
    _, tape = network.forward(x_of(5, 3))
    assert repr(tape) == (
        "Tape(\n  0: Step(Dense(3 -> 4), x (5, 3), y (5, 4), forward)\n"
        "  1: Step(Tanh(), x (5, 4), y (5, 4), forward)\n"
        "  2: Step(Dense(4 -> 2), x (5, 4), y (5, 2), forward)\n)"
    )
    network.backward(np.ones((5, 2)), tape)
    assert repr(tape[1]) == "Step(Tanh(), x (5, 4), y (5, 4), forward and backward)"


def test_a_later_change_of_the_callers_x_does_not_reach_the_tape():
    network, x = mlp(2, 1, rng=0), np.ones((1, 2))
    _, tape = network.forward(x)
    x[:] = 99
    network.backward(np.ones((1, 1)), tape)
    assert network[0].W.grad.tolist() == [[1], [1]]


def test_predictions_between_forward_and_backward_change_nothing():
    """The mistake of caches kept on layers: the gradient of the wrong batch, with no error."""
    network, x, target, loss = mlp(3, 4, 2, rng=0), x_of(5, 3), np.zeros((5, 2)), MeanSquaredError()
    expected, _, _ = backprop(network, x, target, loss)
    y, tape = network.forward(x)
    network(x_of(5, 3, seed=9))
    network.forward(x_of(2, 3, seed=8))
    network.backward(loss.backward(loss.forward(y, target)[1]), tape)
    np.testing.assert_array_equal(network.parameters().grad, expected)


def test_a_tape_stays_true_after_an_update():
    network, x, target, loss = mlp(3, 4, 2, rng=0), x_of(5, 3), np.zeros((5, 2)), MeanSquaredError()
    expected, dx, tape = backprop(network, x, target, loss)
    dy = tape[-1].dy
    SGD(10.0).step(network.parameters())
    assert not np.allclose(network.parameters().value, 0)
    again = network.backward(dy, tape)
    np.testing.assert_array_equal(again, dx)
    np.testing.assert_array_equal(network.parameters().grad, expected)


def test_without_the_input_gradient_the_parameters_gradients_are_the_same():
    network, x = mlp(3, 4, 2, rng=0), x_of(5, 3)
    _, tape = network.forward(x)
    dy = x_of(5, 2, seed=1)
    network.backward(dy, tape)
    expected = network.parameters().grad
    assert network.backward(dy, tape, input_gradient=False) is None
    np.testing.assert_array_equal(network.parameters().grad, expected)
    assert tape[0].dx is None


@given(
    widths=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    kind=st.sampled_from(SMOOTH),
    rows=st.integers(1, 4),
    seed=st.integers(0, 2**31),
)
def test_the_gradient_of_a_random_network_is_the_central_difference(widths, kind, rows, seed):
    network, loss = mlp(*widths, activation=kind, rng=seed), MeanSquaredError()
    x, target = x_of(rows, widths[0], seed), x_of(rows, widths[-1], seed + 1)
    ours, dx, _ = backprop(network, x, target, loss)
    np.testing.assert_allclose(ours, gradient_by_differences(network, x, target, loss), rtol=1e-5, atol=1e-8)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += 1e-5
        down[index] -= 1e-5
        slope = (loss.forward(network(up), target)[0] - loss.forward(network(down), target)[0]) / 2e-5
        assert dx[index] == pytest.approx(slope, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("uses", [2, 3])
def test_the_uses_of_a_shared_layer_add_up(uses):
    shared = Dense(3, 3, rng=0)
    layers = [part for _ in range(uses) for part in (shared, Tanh())]
    network, loss = Sequential(*layers, Dense(3, 1, rng=1)), MeanSquaredError()
    x, target = x_of(4, 3), x_of(4, 1, seed=2)
    ours, _, tape = backprop(network, x, target, loss)
    assert network.parameters().size == 12 + 4
    np.testing.assert_allclose(ours, gradient_by_differences(network, x, target, loss), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(shared.W.grad, sum(tape[2 * k].grads["W"] for k in range(uses)), rtol=1e-12)


def test_a_parameter_shared_by_two_layers_adds_up_too():
    first, second = Dense(2, 2, rng=0), Dense(2, 2, rng=1)
    second.W = first.W
    network, loss = Sequential(first, Tanh(), second), MeanSquaredError()
    x, target = x_of(4, 2), x_of(4, 2, seed=2)
    ours, _, _ = backprop(network, x, target, loss)
    assert network.parameters().size == 4 + 2 + 2
    np.testing.assert_allclose(ours, gradient_by_differences(network, x, target, loss), rtol=1e-6, atol=1e-9)


def test_a_network_without_parameters_passes_gradients_through():
    network = Sequential(Tanh(), Identity())
    _, tape = network.forward([[0.5]])
    assert network.backward(np.ones((1, 1)), tape).item() == pytest.approx(1 - np.tanh(0.5) ** 2)


def test_images_go_through_flatten():
    network = Sequential(Flatten(), Dense(4, 1, weights=np.ones((4, 1))))
    x = np.arange(8.0).reshape(2, 2, 2)
    y, tape = network.forward(x)
    assert y.tolist() == [[6], [22]]
    assert network.backward(np.ones((2, 1)), tape).shape == x.shape


# --- What is refused -----------------------------------------------------------------------------------------------


def tape_of_another():
    network = mlp(2, 1, rng=0)
    _, tape = mlp(2, 1, rng=0).forward(np.ones((1, 2)))
    network.backward(np.ones((1, 1)), tape)


def wrong_dy():
    network = mlp(2, 1, rng=0)
    _, tape = network.forward(np.ones((3, 2)))
    network.backward(np.ones((3,)), tape)


def locked(array):
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (tape_of_another, TapeMismatch, "backward expected a tape of this network, got one of Sequential(Dense(2 -> 1)). Call forward first."),
        (wrong_dy, ShapeError, "backward expected dy of the output's shape (3, 1), got (3,). dy is what loss.backward(cache) returns."),
        (lambda: Sequential(), ArgumentError, "Sequential expected at least one layer, got none."),
        (lambda: Sequential(Dense), ArgumentError, "Sequential, place 0, expected a layer, got <class 'bplearn.layers.dense.Dense'>. Write Dense(...)."),
        (lambda: Sequential([Tanh()]), ArgumentError, "Sequential, place 0, expected a layer, got [Tanh()]. Pass layers one by one: Sequential(a, b, c)."),
        (lambda: Sequential(Dense(2, 3), Tanh(), Dense(4, 1)), ShapeError, "Layer 2, Dense(4 -> 1), expected 4 inputs, got 3 from Dense(2 -> 3). Build it as Dense(3, 1)."),
        (lambda: mlp(3), ArgumentError, "mlp expected at least two widths, got (3,). Write mlp(64, 32, 10): inputs, hidden units, outputs."),
        (lambda: mlp(3, 0), ArgumentError, "mlp's width expected a whole number of at least 1, got 0."),
        (lambda: mlp(2, 1)(np.ones((3, 5))), ShapeError, "Dense(2 -> 1) expected x of shape (N, 2), got (3, 5). Build it as Dense(5, 1), or keep 2 columns: x[:, :2]."),
        (lambda: mlp(2, 1)([1.0, 2.0]), ShapeError, "x expected shape (N, ...): one row for each sample, got (2,). For one sample write np.asarray(x)[None, :]; for one feature np.asarray(x)[:, None]."),
        (lambda: mlp(2, 1)(np.ones((0, 2))), DataError, "x expected at least one row, got an empty batch of shape (0, 2)."),
        (lambda: mlp(2, 1).forward([[1.0, np.nan]]), DataError, "x expected finite numbers, got nan at [0, 1] (1 in all). Remove or fill such entries first."),
        (lambda: mlp(2, 1).forward(locked(np.array([[1.0, np.inf]]))), DataError, "x expected finite numbers, got inf at [0, 1] (1 in all). Remove or fill such entries first."),
        (lambda: mlp(4, 1)(np.ones((3, 2, 2))), ShapeError, "Dense(4 -> 1) expected x of shape (N, 4), got (3, 2, 2). Put a Flatten() before it."),
        (lambda: mlp(2, 1).predict([[1.0, 2.0]]), ArgumentError, "predict expected a last layer of Softmax or Sigmoid, or a loss, got Dense(2 -> 1). Pass the loss the network was trained with: network.predict(x, loss=SoftmaxCrossEntropy())."),
        (lambda: Sequential(Tanh()).summary(), ArgumentError, "summary expected a Dense layer or input_shape, got neither. Write summary((8, 8))."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_whole_numbers_and_lists_are_taken_as_floats():
    network = Sequential(Dense(2, 1, weights=[[1], [2]]))
    for x in ([[1, 2]], np.array([[1, 2]]), np.array([[True, True]]), np.array([[1, 2]], np.uint8)):
        y, tape = network.forward(x)
        assert y.dtype == np.float64
        assert tape[0].x.dtype == np.float64


def test_a_read_only_array_of_whole_numbers_is_taken_as_floats_too():
    _, tape = Sequential(ReLU()).forward(np.broadcast_to(np.int64(1), (2, 2)))
    assert tape[0].x.dtype == np.float64


# --- predict, astype, summary --------------------------------------------------------------------------------------


def test_predict_answers_as_the_last_layer_or_the_loss_says():
    logits = np.array([[2.0, -1.0, 0.5], [0.1, 0.3, 0.2]])
    assert Sequential(Softmax()).predict(logits).tolist() == [0, 1]
    assert Sequential(Identity()).predict(logits, loss=SoftmaxCrossEntropy()).tolist() == [0, 1]
    assert Sequential(Sigmoid()).predict([[2.0], [-1.0]]).tolist() == [1, 0]
    assert Sequential(Sigmoid()).predict(logits).tolist() == [[1, 0, 1], [1, 1, 1]]
    assert Sequential(Identity()).predict([[2.0], [-1.0]], loss=BinaryCrossEntropy()).tolist() == [1, 0]
    assert Sequential(Identity()).predict(logits, loss=HalfSquaredError()).tolist() == logits.tolist()


def test_astype_changes_all_parameters_and_gives_the_network_back():
    network = mlp(2, 3, 1, rng=0)
    assert network.astype(np.float32) is network
    assert {p.value.dtype for p in network.parameters()} == {np.dtype(np.float32)}
    assert network(np.ones((1, 2), np.float32)).dtype == np.float32
    network.astype(np.float64)
    assert {p.value.dtype for p in network.parameters()} == {np.dtype(np.float64)}


def test_mlp_starts_as_the_activation_asks_for():
    wide = [mlp(400, 100, 1, activation=kind, rng=0)[0].W.value.std() for kind in (ReLU, Tanh)]
    assert wide[0] == pytest.approx(np.sqrt(2 / 400), rel=0.02)
    assert wide[1] == pytest.approx(np.sqrt(2 / 500), rel=0.02)
    own = mlp(400, 100, 1, weights=bplearn.initializers.constant(0.5))
    assert (own[0].W.value == 0.5).all()


def test_the_summary_is_a_table_of_layers_shapes_and_counts():
    assert str(mlp(64, 32, 10, rng=0).summary()) == (
        "layer            output shape  parameters           count\n"
        "Dense(64 -> 32)  (N, 32)       W (64, 32), b (32,)  2,080\n"
        "Tanh()           (N, 32)                                0\n"
        "Dense(32 -> 10)  (N, 10)       W (32, 10), b (10,)    330\n"
        "2,410 numbers to learn"
    )


def test_the_summary_counts_a_shared_layer_once_and_takes_an_input_shape():
    shared = Dense(2, 2, rng=0)
    summary = Sequential(Flatten(), shared, Tanh(), shared).summary((1, 2))
    assert summary.notes == ("6 numbers to learn",)
    assert [row[3] for row in summary.rows] == ["0", "6", "0", "0"]
    assert summary.rows[3][2] == "W (2, 2), b (2,) (shared)"


def test_the_summary_is_a_table_in_a_notebook():
    page = mlp(2, 1, rng=0).summary()._repr_html_()
    assert "<div>3 numbers to learn</div>" in page
    assert "Dense(2 -&gt; 1)" in page
    assert page.count("<tr>") == 2
    assert page.count('scope="col"') == 4


def test_repr_and_indexing():
    network = mlp(2, 3, 1, rng=0)
    assert repr(network) == "Sequential(Dense(2 -> 3), Tanh(), Dense(3 -> 1))"
    assert network[0] is network.layers[0]
    assert network[-1] is network.layers[2]
    assert list(network) == list(network.layers)
