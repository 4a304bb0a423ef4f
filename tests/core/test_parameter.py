"""Parameters: locked values, setting entries, and the flat vector that all parameters of a network form."""
# ruff: noqa: E501 - a message stands in one line

import copy
import pickle

import numpy as np
import pytest

from bplearn import ArgumentError, DataError, Dense, Parameter, Sequential, ShapeError, Tanh
from bplearn.parameter import ParameterVector


def parameter():
    return Parameter([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], name="W")


def test_the_value_is_a_locked_copy():
    source = np.ones((2, 2))
    p = Parameter(source, name="W")
    source[0, 0] = 9
    assert p.value[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        p.value[0, 0] = 5
    with pytest.raises(ArgumentError):
        p.value = source
    with pytest.raises(AttributeError):
        p.grad = source


def test_entries_are_set_by_index_slice_and_mask():
    p = parameter()
    p[0, 1] = 7
    p[1] = [8, 9, 10]
    assert p.value.tolist() == [[1, 7, 3], [8, 9, 10]]
    p[:, 0] = -1
    p[p.value > 9] = 0.5
    assert p.value.tolist() == [[-1, 7, 3], [-1, 9, 0.5]]
    p[:] = np.zeros((2, 3))
    assert not p.value.any()


def test_a_change_replaces_the_value_and_old_arrays_stay_as_they_were():
    p = parameter()
    before = p.value
    p[0, 0] = 99
    assert before[0, 0] == 1
    assert p.value[0, 0] == 99
    assert p.value is not before
    assert not p.value.flags.writeable


def test_a_parameter_keeps_its_dtype_when_it_is_set():
    p = Parameter(np.ones(3, np.float32), name="b")
    p[:] = np.full(3, 0.1)
    assert p.value.dtype == np.float32


def test_a_parameter_reads_like_an_array():
    p = parameter()
    assert (p.shape, p.size, len(p)) == ((2, 3), 6, 2)
    assert p[1, 2] == 6
    assert np.asarray(p).sum() == 21
    assert [row.tolist() for row in p] == [[1, 2, 3], [4, 5, 6]]
    assert np.array(p).flags.writeable, "a copy is the caller's own"


def test_repr_shows_small_values_and_hides_large_ones():
    assert repr(parameter()) == "Parameter(W, shape (2, 3), value [[1. 2. 3.]\n [4. 5. 6.]])"
    assert repr(Parameter(np.ones(9), "b")) == "Parameter(b, shape (9,))"


@pytest.mark.parametrize(
    ("index", "entries", "error", "message"),
    [
        ((0, 1), np.nan, DataError, "W[0, 1] expected finite numbers, got nan at [] (1 in all). Remove or fill such entries first."),
        (slice(None), [[1.0]], ShapeError, "W[:] expected one number or an array of shape (2, 3), got shape (1, 1)."),
        (slice(None), np.ones((3, 2)), ShapeError, "W[:] expected one number or an array of shape (2, 3), got shape (3, 2)."),
        (1, [1.0, 2.0], ShapeError, "W[1] expected one number or an array of shape (3,), got shape (2,)."),
        ((2, 0), 1.0, ShapeError, "W[2, 0] expected an index into shape (2, 3), got 2, 0."),
        ((0, 0, 0), 1.0, ShapeError, "W[0, 0, 0] expected an index into shape (2, 3), got 0, 0, 0."),
        ((0, 1), "five", DataError, "W[0, 1] expected numbers, got <U4 values such as np.str_('five'). Turn text or objects into numbers first."),
        ((slice(0, 1), slice(None, None, 2)), [1.0], ShapeError, "W[0:1, ::2] expected one number or an array of shape (1, 2), got shape (1,)."),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_and_changes_nothing(index, entries, error, message):
    p = parameter()
    with pytest.raises(error) as caught:
        p[index] = entries
    assert str(caught.value) == message
    np.testing.assert_array_equal(p.value, parameter().value)


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))], ids=["deepcopy", "pickle"]
)
def test_a_copy_is_locked_too(duplicate):
    network = Sequential(Dense(2, 2, rng=0))
    y, tape = network.forward([[1.0, 2.0]])
    network.backward(np.ones_like(y), tape)
    twin = duplicate(network)
    for p, q in zip(network.parameters(), twin.parameters(), strict=True):
        assert p is not q
        np.testing.assert_array_equal(p.value, q.value)
        np.testing.assert_array_equal(p.grad, q.grad)
        assert not q.value.flags.writeable
        assert not q.grad.flags.writeable
    twin[0].W[0, 0] = 50
    assert twin.parameters().value[0] == 50
    assert network.parameters().value[0] != 50


# --- The flat vector -----------------------------------------------------------------------------------------------


def test_the_vector_lays_all_values_end_to_end_and_gives_views():
    vector = ParameterVector([Parameter([[1.0, 2.0]], "W"), Parameter([3.0], "b")])
    assert (len(vector), vector.size, vector.value.tolist()) == (2, 3, [1, 2, 3])
    assert [p.name for p in vector] == ["W", "b"]
    assert vector[1].name == "b"
    assert [p.name for p in vector[:1]] == ["W"]
    assert all(np.shares_memory(p.value, vector.value) for p in vector)
    with pytest.raises(ValueError, match="read-only"):
        vector.value[0] = 1
    assert repr(vector) == "ParameterVector(2 parameters, 3 numbers)"


def test_the_vector_sees_values_that_were_set_by_hand():
    vector = ParameterVector([Parameter([[1.0, 2.0]], "W"), Parameter([3.0], "b")])
    old = vector.value
    vector[0][0, 1] = 20
    assert vector.value.tolist() == [1, 20, 3]
    assert old.tolist() == [1, 2, 3]
    vector.replace(vector.value + 1)
    vector[1][:] = -1
    vector[0][0, 0] = 0
    assert vector.value.tolist() == [0, 21, -1]


def test_a_parameter_counts_once_however_often_it_is_named():
    p = Parameter([1.0, 2.0], "W")
    assert ParameterVector([p, p, p]).size == 2


def test_an_empty_vector_has_no_numbers():
    vector = Sequential(Tanh()).parameters()
    assert (len(vector), vector.size, vector.value.tolist(), vector.grad.tolist()) == (0, 0, [], [])


def test_two_networks_with_one_layer_see_each_others_updates():
    shared, a, b = Dense(2, 2, rng=0), Dense(2, 1, rng=1), Dense(2, 1, rng=2)
    one, two = Sequential(shared, a), Sequential(shared, b)
    one.parameters().replace(np.arange(9.0))
    two.parameters().replace(two.parameters().value * 10)
    assert shared.W.value.tolist() == [[0, 10], [20, 30]]
    assert one.parameters().value.tolist() == [0, 10, 20, 30, 40, 50, 6, 7, 8]
    two[0].W[0, 0] = -5
    assert one.parameters().value[0] == -5
    assert two.parameters().value[0] == -5
    x = np.ones((1, 2))
    np.testing.assert_allclose(one(x), (x @ shared.W.value + shared.b.value) @ a.W.value + a.b.value)


def test_two_networks_with_one_layer_mix_no_gradients():
    shared = Dense(1, 1, weights=[[2.0]])
    one, two = Sequential(shared), Sequential(shared, Dense(1, 1, weights=[[3.0]]))
    _, tape = one.forward([[1.0]])
    one.backward(np.ones((1, 1)), tape)
    assert one.parameters().grad.tolist() == [1, 1]
    _, tape = two.forward([[1.0]])
    two.backward(np.ones((1, 1)), tape)
    assert two.parameters().grad.tolist() == [3, 3, 2, 1]
    assert shared.W.grad.tolist() == [[3]], "the latest backward pass"


def test_gradients_are_locked_and_replaced():
    network = Sequential(Dense(2, 1, rng=0))
    assert network[0].W.grad is None
    _, tape = network.forward([[1.0, 2.0]])
    network.backward(np.ones((1, 1)), tape)
    first = network[0].W.grad
    network.backward(2 * np.ones((1, 1)), tape)
    assert first.tolist() == [[1], [2]]
    assert network[0].W.grad.tolist() == [[2], [4]], "replaced, not added to"
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 0


def test_weight_decay_knows_biases():
    network = Sequential(Dense(2, 1, rng=0), Dense(1, 1, rng=0))
    assert network.parameters().weight_mask().tolist() == [1, 1, 0, 1, 0]
