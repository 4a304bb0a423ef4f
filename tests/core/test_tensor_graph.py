"""Tensor beside Value: random programs computed entry by entry, and the graph of a Tensor as one of Values."""

import re

import numpy as np
import pytest

from bplearn.autograd import Tensor, as_values
from bplearn.errors import ArgumentError
from bplearn.scalar import Value, derivatives, paths
from tests.reference.autograd_programs import COUNT, inputs, program, run
from tests.reference.test_autograd import OPERATIONS

each = np.vectorize(lambda change, value: change(value), otypes=[object])


def largest(x, axis=None, keepdims=False):
    """The largest of arrays of Values, refused where two tie: there Tensor shares equally, Value two by two."""
    larger = np.frompyfunc(lambda a, b: a.max(b), 2, 1)
    found = larger.reduce(x.ravel()) if axis is None else larger.reduce(x, axis=axis, keepdims=keepdims)
    numbers = each(lambda v: v.data, x).astype(float)
    if ((numbers == numbers.max(axis=axis, keepdims=True)).sum(axis=axis) > 1).any():
        raise ZeroDivisionError("a tie")
    return found


def added(x, axis=None, keepdims=False):
    return np.add.reduce(x, axis=axis, keepdims=keepdims)


ON_VALUES = {
    **{name: OPERATIONS[name] for name in ("add", "subtract", "multiply", "divide", "matmul", "pick")},
    "exp": lambda x: each(lambda v: v.tanh().exp(), x),
    "log": lambda x: each(lambda v: (v * v + 1).log(), x),
    "tanh": lambda x: each(lambda v: v.tanh(), x),
    "relu": lambda x: each(lambda v: v.relu(), x),
    "square": lambda x: each(lambda v: v.tanh() ** 2, x),
    "sum": added,
    "mean": lambda x, axis=None, keepdims=False: added(x, axis, keepdims) * (np.size(added(x, axis)) / np.size(x)),
    "max": largest,
    "transpose": np.transpose,
    "reshape": lambda x, shape: x.reshape(shape),
}


def of_a_tensor(number):
    leaves = [Tensor(value, requires_grad=True) for value in inputs(number)]
    y = run(program(number), leaves, OPERATIONS)
    y.backward()
    return y, leaves


def of_all(entries, found):
    """The derivatives that were found, in the shape of the entries."""
    return each(lambda value: found.get(value, 0.0), entries).astype(float)


def grads(tensor):
    return np.zeros(tensor.shape) if tensor.grad is None else tensor.grad


def test_random_programs_agree_with_value_entry_by_entry():
    compared = 0
    for number in range(0, COUNT, 2):
        leaves = [each(Value, value) for value in inputs(number)]
        try:
            y = run(program(number), leaves, ON_VALUES)
        except ZeroDivisionError:
            continue
        found = derivatives(np.asarray(y).item())
        tensor, tensors = of_a_tensor(number)
        assert np.asarray(y).item().data == pytest.approx(tensor.data.item(), rel=1e-12)
        for leaf, other in zip(leaves, tensors, strict=True):
            np.testing.assert_allclose(grads(other), of_all(leaf, found), rtol=1e-9, atol=1e-10, err_msg=str(number))
        compared += 1
    assert compared >= COUNT // 4


@pytest.mark.parametrize("number", range(0, COUNT, 10))
def test_the_graph_of_a_tensor_as_values_has_its_gradients(number):
    y, leaves = of_a_tensor(number)
    values = as_values(y)
    found = derivatives(values[y].item())
    for leaf in leaves:
        if leaf in values:
            np.testing.assert_allclose(grads(leaf), of_all(values[leaf], found), rtol=1e-9, atol=1e-12)
    for tensor, entries in values.items():
        np.testing.assert_array_equal(each(lambda v: v.data, entries).astype(float), tensor.data)


def small_network():
    x = [[0.5, -1.0], [2.0, 1.0]]
    w, b = Tensor([[0.3, -0.2], [0.1, 0.4]], requires_grad=True), Tensor([0.1, -5.0], requires_grad=True)
    loss = ((x @ w + b).relu() ** 2).mean()
    loss.backward()
    return loss, w, b


def test_the_paths_of_a_tensor_add_up_to_its_gradient():
    loss, w, b = small_network()
    values = as_values(loss, w=w, b=b, loss=loss)
    for tensor in (w, b):
        for index in np.ndindex(tensor.shape):
            products = [path.product for path in paths(values[loss].item(), values[tensor][index])]
            assert len(products) == 2, "broadcasting is a fork: one path for each row"
            assert sum(products) == pytest.approx(tensor.grad[index], rel=1e-12)


def test_a_small_tensor_has_the_picture_of_value():
    loss, w, b = small_network()
    picture = as_values(loss, w=w, b=b, loss=loss)[loss].item().to_svg()
    for name in ("w[1, 0]", "b[1]", "loss", "relu", "@", "** 2"):
        assert f">{name}<" in picture
    assert 'stroke-dasharray="1 4"' in picture or "×0" in picture, "a slope of 0 is an arrow, too"
    ends = [list(map(float, found)) for found in re.findall(r'L([\d.]+) ([\d.]+)" fill="none"', picture)]
    boxes = [tuple(map(float, found)) for found in re.findall(r'<rect x="([\d.]+)" y="([\d.]+)"', picture)]
    for x, y in ends:
        assert any(abs(left - 6 - x) < 1 and top <= y <= top + 58 for left, top in boxes), "an arrow ends at a box"
    six = Tensor(np.ones(6), requires_grad=True).sum()
    assert "×1" not in as_values(six)[six].item().to_svg(), "six words at one box would lie on each other"
    big = (Tensor(np.ones(200), requires_grad=True) * 2).sum()
    with pytest.raises(ArgumentError, match="at most 150 nodes"):
        as_values(big)[big].item().to_svg()


def test_what_has_no_graph_or_too_large_a_one_is_told():
    with pytest.raises(ArgumentError, match=r"as_values expected a Tensor with a recorded past, got one without. Set"):
        as_values(Tensor(1.0))
    with pytest.raises(ArgumentError, match=r"as_values expected at most 10,000 entries, got 20,001. Take fewer rows"):
        as_values((Tensor(np.ones(10_000), requires_grad=True) * 2).sum())
