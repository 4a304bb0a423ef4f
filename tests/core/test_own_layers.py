"""A layer of your own: what it must answer is said in words, where it is built, called or trained."""
# ruff: noqa: E501 - a message stands in one line

import numpy as np
import pytest

from bplearn import (
    SGD,
    ArgumentError,
    Dense,
    HalfSquaredError,
    Identity,
    Layer,
    Parameter,
    Sequential,
    ShapeError,
    check_gradients,
    fit,
)

X, T = np.array([[0.5, -1.0], [2.0, 0.25], [1.0, 1.0]]), np.zeros((3, 2))


def own(forward=None, backward=None, start=None):
    """A layer named Mine with a learned factor per column; each argument replaces a right part of it."""

    class Mine(Layer):
        def __init__(self):
            self.factor = Parameter([1.5, 0.5], "factor")
            if start is not None:
                start(self)

        def forward(self, x):
            return x * self.factor.value, {"x": x, "factor": self.factor.value}

        def backward(self, dy, cache, *, input_gradient=True):
            return dy * cache["factor"], {"factor": (dy * cache["x"]).sum(axis=-2)}

    if forward is not None:
        Mine.forward = forward
    if backward is not None:
        Mine.backward = backward
    return Mine()


def pass_both(layer):
    network = Sequential(layer, Identity())
    y, tape = network.forward(X)
    return network.backward(np.ones_like(y), tape)


def train_it(layer):
    return fit(Sequential(layer), X, T, loss=HalfSquaredError(), optimizer=SGD(0.1), epochs=1, progress=False)


WRITE_BACKWARD = "Write `def backward(self, dy, cache, *, input_gradient=True):`."
PAIR = "Write `return y, cache`; the cache is a dict of what backward needs, {} if nothing."
GRADS = "Write `return dx, grads`; grads is a dict with a gradient for each parameter, {} if there are none."
NAMES = "The names are those given to Parameter(value, name)."
CASES = {
    "backward without input_gradient": (
        lambda: own(backward=lambda self, dy, cache: (dy, {})),
        f"Mine.backward cannot be called by a network (got an unexpected keyword argument 'input_gradient'). {WRITE_BACKWARD}",
    ),
    "backward without the cache": (
        lambda: own(backward=lambda self, dy: (dy, {})),
        f"Mine.backward cannot be called by a network (too many positional arguments). {WRITE_BACKWARD}",
    ),
    "forward without self": (
        lambda: own(forward=lambda x: (x, {})),
        "Mine.forward cannot be called by a network (too many positional arguments). Write `def forward(self, x):`.",
    ),
    "forward that returns y alone": (
        lambda: own(forward=lambda self, x: x * 2),
        f"Mine.forward expected to return (y, cache), an array and a dict, got one array of shape (N, 2). {PAIR}",
    ),
    "forward that returns nothing": (
        lambda: own(forward=lambda self, x: None),
        f"Mine.forward expected to return (y, cache), an array and a dict, got None. {PAIR}",
    ),
    "forward that returns three things": (
        lambda: own(forward=lambda self, x: (x, {}, 1)),
        f"Mine.forward expected to return (y, cache), an array and a dict, got (ndarray, dict, int). {PAIR}",
    ),
    "forward that returns an array for the cache": (
        lambda: own(forward=lambda self, x: (x * 2, x)),
        f"Mine.forward expected to return (y, cache), an array and a dict, got (ndarray, ndarray). {PAIR}",
    ),
    "backward that returns dx alone": (
        lambda: own(backward=lambda self, dy, cache, *, input_gradient=True: dy),
        f"Mine.backward expected to return (dx, grads), an array and a dict, got one array of shape (3, 2). {GRADS}",
    ),
    "backward that returns an array for grads": (
        lambda: own(backward=lambda self, dy, cache, *, input_gradient=True: (dy, dy)),
        f"Mine.backward expected to return (dx, grads), an array and a dict, got (ndarray, ndarray). {GRADS}",
    ),
    "backward without a parameter's gradient": (
        lambda: own(backward=lambda self, dy, cache, *, input_gradient=True: (dy, {})),
        f"Mine.backward expected a gradient for each of 'factor', got none. {NAMES}",
    ),
    "backward with a gradient of another name": (
        lambda: own(backward=lambda self, dy, cache, *, input_gradient=True: (dy, {"W": dy.sum(axis=0)})),
        f"Mine.backward expected a gradient for each of 'factor', got 'W'. {NAMES}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("use", [pass_both, train_it])
def test_the_message_says_what_a_layer_must_answer(case, use):
    make, message = CASES[case]
    with pytest.raises(ArgumentError) as caught:
        use(make())
    rows = "3" if use is pass_both else "1"  # fit tries one row first
    assert str(caught.value) == message.replace("(N, 2)", f"({rows}, 2)")


def test_two_rows_are_not_taken_for_a_pair():
    """Two rows could be unpacked into y and cache, with nothing said."""
    network = Sequential(own(forward=lambda self, x: x * 2))
    for call in (network, network.forward):
        with pytest.raises(ArgumentError, match="one array of shape"):
            call(X[:2])


def test_two_rows_of_dx_are_not_taken_for_a_pair():
    network = Sequential(own(backward=lambda self, dy, cache, *, input_gradient=True: dy))
    y, tape = network.forward(X[:2])
    with pytest.raises(ArgumentError, match=r"one array of shape \(2, 2\)"):
        network.backward(np.ones_like(y), tape)


def test_a_gradient_of_another_size_is_named():
    """Not summed over the samples: without a word it would move into the gradients of the next parameters."""
    layer = own(backward=lambda self, dy, cache, *, input_gradient=True: (dy, {"factor": dy * cache["x"]}))
    network = Sequential(Dense(2, 2, rng=0), layer)
    y, tape = network.forward(X)
    with pytest.raises(ShapeError) as caught:
        network.backward(np.ones_like(y), tape)
    assert str(caught.value) == (
        "factor's gradient expected the parameter's shape (2,), got (3, 2). "
        "Sum it over the samples: sum(axis=-2) adds up the rows."
    )


def test_an_error_inside_a_layer_stays_as_it_is():
    def wrong(self, x):
        return x @ np.ones((7, 7)), {}

    with pytest.raises(ValueError, match="matmul"):
        pass_both(own(forward=wrong))
    with pytest.raises(KeyError, match="nowhere"):
        pass_both(own(backward=lambda self, dy, cache, *, input_gradient=True: (cache["nowhere"], {})))


def test_the_gradient_check_says_it_too():
    with pytest.raises(ArgumentError, match=r"Mine\.forward expected to return \(y, cache\)"):
        check_gradients(own(forward=lambda self, x: x * 2), X)


def test_a_right_layer_trains():
    assert train_it(own()).epochs == 1
