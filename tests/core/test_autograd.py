"""Tensor against oracles that share no code with it: central differences, and Value number by number."""

import numpy as np
import pytest

from bplearn.autograd import Tensor, no_grad
from bplearn.errors import ArgumentError, ShapeError
from bplearn.scalar import Value

OPERATIONS = {
    "add a row": lambda a, b: a + b[0],
    "subtract a column": lambda a, b: a - b[:, :1],
    "multiply a row": lambda a, b: a * b[1:2],
    "divide by a row": lambda a, b: a / b[0],
    "number first": lambda a, b: 2 / a - b + (1 - a),
    "power": lambda a, b: a**3 + b**-1 + a**0,
    "matmul": lambda a, b: a @ b.transpose(),
    "stacked matmul": lambda a, b: a.reshape(3, 2, 2) @ b[:2, :2],
    "exp log tanh": lambda a, b: a.exp().tanh() + b.log(),
    "relu": lambda a, b: (a - b).relu(),
    "sum over an axis": lambda a, b: a * b.sum(axis=0) + b.sum(axis=-1, keepdims=True),
    "mean": lambda a, b: (a - a.mean(axis=1, keepdims=True)) * b.mean() + b.mean(axis=0),
    "max": lambda a, b: a.max(axis=1) * b.max() + b.max(axis=-1),
    "axes": lambda a, b: a.reshape(3, 2, 2).transpose(1, 2, 0) * b[0, :3],
    "taken twice": lambda a, b: a[[0, 0, 2]] * b + a[:, [1, 1, 1, 0]],
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_agrees_with_central_differences(name):
    operation, rng = OPERATIONS[name], np.random.default_rng(3)
    values = [rng.uniform(0.5, 2, (3, 4)) for _ in range(2)]
    weights = rng.normal(size=operation(*map(Tensor, values)).shape)

    def loss(tensors):
        return (operation(*tensors) * weights).sum()

    leaves = [Tensor(value, requires_grad=True) for value in values]
    loss(leaves).backward()
    for k, value in enumerate(values):
        for at in np.ndindex(value.shape):
            sides = []
            for h in (1e-6, -1e-6):
                moved = [v.copy() for v in values]
                moved[k][at] += h
                sides.append(float(loss([Tensor(m) for m in moved]).data))
            found = 0.0 if leaves[k].grad is None else leaves[k].grad[at]
            assert found == pytest.approx((sides[0] - sides[1]) / 2e-6, rel=1e-6, abs=1e-7)


def test_a_network_agrees_with_value_entry_by_entry():
    rng = np.random.default_rng(5)
    x, w, b = rng.normal(size=(3, 2)), rng.normal(size=(2, 4)), rng.normal(size=4)
    tensors = Tensor(w, requires_grad=True), Tensor(b, requires_grad=True)
    ((Tensor(x) @ tensors[0] + tensors[1]).tanh() ** 2).mean().backward()
    ws, bs = [[Value(v) for v in row] for row in w], [Value(v) for v in b]
    total = Value(0.0)
    for row in x:
        for j in range(4):
            total = total + (ws[0][j] * row[0] + ws[1][j] * row[1] + bs[j]).tanh() ** 2
    (total / 12).backward()
    np.testing.assert_allclose(tensors[0].grad, [[v.grad for v in row] for row in ws], rtol=1e-12)
    np.testing.assert_allclose(tensors[1].grad, [v.grad for v in bs], rtol=1e-12)


def test_gradients_add_up_until_zero_grad():
    w = Tensor([1.0, 2.0], requires_grad=True)
    for expected in ([2, 4], [4, 8]):
        (w * w).sum().backward()
        np.testing.assert_array_equal(w.grad, expected)
    w.zero_grad()
    (w * w.detach()).sum().backward()
    np.testing.assert_array_equal(w.grad, [1, 2])


def test_a_tie_shares_the_error_of_max():
    x = Tensor([3.0, 3.0, 1.0], requires_grad=True)
    x.max().backward()
    np.testing.assert_array_equal(x.grad, [0.5, 0.5, 0])


def test_a_chain_of_20000_operations_is_no_problem():
    x = y = Tensor(1.0, requires_grad=True)
    for _ in range(20_000):
        y = y + 1
    y.backward()
    assert x.grad == 1


def test_float32_stays_float32():
    x = Tensor(np.ones((2, 3), np.float32), requires_grad=True)
    y = ((2 * x - 1) / 3).mean() + x.max(axis=0).sum() + (x**2).exp().sum()
    y.backward()
    assert y.data.dtype == x.grad.dtype == np.float32


def test_a_tensor_keeps_a_copy():
    given = np.ones(3)
    x = Tensor(given)
    given[0] = 5
    assert x.data[0] == 1


def test_rows_one_by_one():
    x = Tensor(np.arange(6.0).reshape(3, 2), requires_grad=True)
    first, *_, last = x
    (first * 2 + last).sum().backward()
    np.testing.assert_array_equal(x.grad, [[2, 2], [0, 0], [1, 1]])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: x.sum(axis=2),
        lambda x: x.max(axis="rows"),
        lambda x: x.mean(axis=-3),
        lambda x: x.reshape(4, 2),
        lambda x: x.transpose(0, 0),
        lambda x: x.transpose(1, 2, 0),
        lambda x: x[3],
        lambda x: x[:, :, 0],
        lambda x: x["first"],
    ],
)
def test_a_place_that_is_none_is_told_with_the_shape(wrong):
    with pytest.raises(ShapeError, match=r"Tensor expected .*NumPy says"):
        wrong(Tensor(np.ones((2, 3))))


def test_errors_say_what_to_do():
    w = Tensor(np.ones((2, 3)), requires_grad=True)
    with no_grad():
        unrecorded = w.sum()
    for error, words, wrong in (
        (ShapeError, "sum or the mean", w.backward),
        (ArgumentError, "requires_grad=True", unrecorded.backward),
        (ShapeError, "inner lengths", lambda: w @ w),
        (ShapeError, "broadcast", lambda: w + np.ones(2)),
        (ArgumentError, "real numbers", lambda: Tensor("a")),
        (ArgumentError, "plain number", lambda: w**w),
    ):
        with pytest.raises(error, match=words):
            wrong()
