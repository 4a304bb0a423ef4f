"""The table of a tape and the explained equations: they must hold, show the numbers, and say what is missing."""

import math
import re

import numpy as np
import pytest

from bplearn import (
    ELU,
    GELU,
    ArgumentError,
    Attention,
    Dense,
    Flatten,
    HalfSquaredError,
    Identity,
    Layer,
    LayerNorm,
    LeakyReLU,
    PerToken,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
    explain,
    mlp,
)

LAYERS = [Identity(), Sigmoid(), Tanh(), ReLU(), LeakyReLU(0.2), ELU(1.5), GELU(), SiLU(), Softplus(), Softmax()]
X = np.array([[0.7, -1.2, 0.1], [0.3, 0.4, -2.0]])
DY = np.array([[0.5, 0.25, -1.0], [2.0, -0.125, 1.0]])


def passed(network, x=X, dy=DY):
    y, tape = network.forward(x)
    network.backward(np.asarray(dy)[:, : y.shape[-1]], tape)
    return tape


def published():
    hidden = Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35])
    output = Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60])
    network = Sequential(hidden, Sigmoid(), output, Sigmoid())
    y, tape = network.forward([[0.05, 0.10]])
    loss = HalfSquaredError()
    network.backward(loss.backward(loss.forward(y, [[0.01, 0.99]])[1]), tape)
    return tape


@pytest.mark.parametrize("layer", [*LAYERS, Dense(3, 2, rng=0)], ids=repr)
def test_the_equation_is_true(layer):
    """What a layer says of its backward, read as Python, gives what backward gave."""
    tape = passed(Sequential(layer))
    erf = np.vectorize(math.erf)
    sigmoid = 1 / (1 + np.exp(-X))
    words = {
        "x": X,
        "y": tape[0].y,
        "dy": tape[0].dy,
        "s": sigmoid,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "Phi": lambda z: (1 + erf(z / math.sqrt(2))) / 2,
        "phi": lambda z: np.exp(-z * z / 2) / math.sqrt(2 * math.pi),
        "sum": lambda array: array.sum(axis=-1, keepdims=True),
        "pick": lambda condition, yes, no: np.where(condition, yes, no),
        **layer.settings(),
        **{p.name: p.value for p in layer.parameters()},
    }
    equations = explain(tape, 0).equations
    assert {equation.left for equation in equations} == {"dx", *(f"d{p.name}" for p in layer.parameters())}
    for equation in equations:
        formula = re.split(", (?:with|the) ", equation.right)[0].replace("^", "**")
        formula = re.sub("(.*) where (.*), else (.*)", r"pick(\2, \1, \3)", formula)
        np.testing.assert_allclose(eval(formula, words), equation.result, rtol=1e-12)


@pytest.mark.parametrize("layer", LAYERS[1:], ids=repr)
def test_all_letters_become_numbers(layer):
    worked = explain(passed(Sequential(layer)), 0).equations[0].worked
    assert worked
    assert not re.search(r"\b(x|y|dy|s|slope|alpha)\b", worked), worked


def test_the_output_layer_of_the_published_network():
    assert (
        repr(explain(published(), 2))
        == """\
Layer 2, Dense(2 -> 2), backward
dW  = x.T @ dy
    = [[0.5933], [0.5969]] @ [[0.1385, -0.0381]]
    = [[0.08217, -0.0226], [0.08267, -0.02274]]
db  = dy.sum(axis=0)
    = [[0.1385, -0.0381]].sum(axis=0)
    = [0.1385, -0.0381]
dx  = dy @ W.T
    = [[0.1385, -0.0381]] @ [[0.4, 0.45], [0.5, 0.55]]
    = [[0.03635, 0.04137]]"""
    )
    assert (
        repr(explain(published(), -1))
        == """\
Layer 3, Sigmoid(), backward
dx  = dy * y * (1 - y)
    = [[0.7414, -0.2171]] * [[0.7514, 0.7729]] * (1 - [[0.7514, 0.7729]])
    = [[0.1385, -0.0381]]"""
    )


def test_latex_and_html():
    tape = published()
    latex = explain(tape, 2).to_latex().split("\n\n")
    assert latex[0] == (
        r"$$\mathrm{d}W = x^T \mathrm{d}y = "
        r"\begin{pmatrix}0.08217 & -0.0226 \\ 0.08267 & -0.02274\end{pmatrix}$$"
    )
    assert latex[1].startswith(r"$$\mathrm{d}b = \sum_n \mathrm{d}y_n = ")
    assert explain(tape, 1).to_latex().startswith(r"$$\mathrm{d}x = \mathrm{d}y \odot y \odot (1 - y) = ")
    found = explain(passed(Sequential(ReLU())), 0).to_latex()
    assert found.startswith(r"$$\mathrm{d}x = \mathrm{d}y \text{ where } x > 0, \text{ else } 0 = \begin")
    html = explain(passed(Sequential(ReLU())), 0)._repr_html_()
    assert "x &gt; 0" in html
    assert "Layer 0, ReLU(), backward" in html
    for layer in LAYERS:
        found = explain(passed(Sequential(layer)), 0).to_latex()
        assert found.count("{") == found.count("}")
        assert "\\\\mathrm" not in found


def test_the_tape_is_read_and_not_the_layer():
    """After an update the explanation still shows the weights that were used."""
    network = Sequential(Dense(2, 1, weights=[[3.0], [4.0]]))
    tape = passed(network, [[1.0, 2.0]], [[10.0]])
    before = repr(explain(tape, 0))
    network[0].W[:] = [[0.0], [0.0]]
    assert repr(explain(tape, 0)) == before


class Own(Layer):
    def forward(self, x):
        return 3 * x, {}

    derivative = "3"

    def backward(self, dy, cache, *, input_gradient=True):
        return 3 * dy, {}


class Silent(Own.__mro__[1]):
    def forward(self, x):
        return 3 * x, {}

    def backward(self, dy, cache, *, input_gradient=True):
        return 3 * dy, {}


def test_layers_of_the_learner():
    own = explain(passed(Sequential(Own()), [[1.0]], [[2.0]]), 0)
    assert repr(own).endswith("dx  = dy * 3\n    = [[2]] * 3\n    = [[6]]")
    silent = explain(passed(Sequential(Silent()), [[1.0]], [[2.0]]), 0)
    assert repr(silent).endswith("dx  = Silent.backward(dy)\n    = [[6]]")
    images = Sequential(Flatten())
    y, tape = images.forward(np.ones((1, 2, 2)))
    images.backward(y, tape)
    assert "dx  = dy in the shape of x\n    = [[[1, 1], [1, 1]]]" in repr(explain(tape, 0))


def test_large_arrays_are_shown_by_their_shape():
    network = mlp(64, 32, 10, rng=0)
    tape = passed(network, np.ones((5, 64)), np.ones((5, 10)))
    shown = repr(explain(tape, 0))
    assert "dW  = x.T @ dy\n    = (64, 32)" in shown
    assert len(shown) < 300
    assert "an array of shape (64, 32)" in explain(tape, 0).to_latex()


def test_a_layer_used_twice_is_named_by_its_number():
    shared = Dense(3, 3, rng=0)
    tape = passed(Sequential(shared, Tanh(), shared))
    assert explain(tape, 2).title.startswith("Layer 2")
    with pytest.raises(ArgumentError, match=r"got Dense\(3 -> 3\), which is used 2 times\. Pass its number"):
        explain(tape, shared)
    assert explain(tape, tape[1].layer).title == "Layer 1, Tanh(), backward"


def test_what_cannot_be_explained_is_named():
    network = Sequential(Tanh())
    _, tape = network.forward(X)
    with pytest.raises(ArgumentError, match="explain expected a tape that has seen backward, got one of"):
        explain(tape, 0)
    with pytest.raises(ArgumentError, match=r"explain expected a layer or its number, 0\.\.0, got 1"):
        explain(tape, 1)
    with pytest.raises(ArgumentError, match=r"explain expected a layer of this tape, got ReLU"):
        explain(tape, ReLU())


def test_the_table_of_a_tape_as_text():
    lines = repr(published().table()).split("\n")
    assert lines[0] == "forward: top to bottom; backward: bottom to top"
    assert re.split(r"\s{2,}", lines[1]) == ["layer", "x", "y", "dy", "dx", "dW", "db"]
    assert lines[2].startswith("0: Dense(2 -> 2)  (1, 2)")
    assert lines[3].split() == (
        [
            "0.05",
            "0.1",
            "0.3775",
            "0.3925",
            "0.008771",
            "0.009954",
            "0.003804",
            "0.004741",
            "0.0004386",
            "0.0004977",
            "0.008771",
            "0.009954",
        ]
    )
    assert lines[4].split() == ["0.0008771", "0.0009954"]


def test_the_table_of_a_tape_as_html():
    html = published().table()._repr_html_()
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', html)
    assert heads == ["layer", "x", "y", "dy", "dx", "dW", "db"]
    assert html.count('<th scope="row"') == 4
    assert "0.08217  -0.0226\n0.08267  -0.02274" in html
    network = mlp(2, 2, rng=0)
    _, tape = network.forward([[1.0, 2.0]])
    assert re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', tape.table()._repr_html_()) == ["layer", "x", "y"]
    wide = mlp(64, 32, rng=0).forward(np.ones((2, 64)))[1].table()
    assert "(2, 64)" in wide._repr_html_()
    assert len(wide._repr_html_()) < 1600


def test_the_input_gradient_that_was_left_out_is_no_row():
    network = mlp(2, 2, rng=0)
    y, tape = network.forward([[1.0, 2.0]])
    network.backward(np.ones_like(y), tape, input_gradient=False)
    assert "dx" not in repr(tape.table())
    assert [equation.left for equation in explain(tape, 0).equations] == ["dW", "db"]


def test_a_weight_inside_a_block_has_the_equation_of_its_own_layer():
    block = Residual(PerToken(LayerNorm(2), length=2), Attention(2, length=2, rng=0))
    network = Sequential(block, PerToken(Dense(2, 1, rng=1), length=2))
    y, tape = network.forward(np.ones((1, 4)) * [1.0, 3.0, 2.0, 0.0])
    network.backward(np.ones_like(y), tape)
    found = {equation.left: equation for place in (0, 1) for equation in explain(tape, place).equations}
    assert found["0.0.dg"].right == "(dy * normed).sum(axis=0), in LayerNorm(2)"
    assert found["1.dWq"].right == "x.T @ dq, with a row for each token, in Attention(2, heads=1, length=2)"
    assert found["0.dW"].right == "x.T @ dy, in Dense(2 -> 1)"
    assert {found[left].worked for left in ("0.0.dg", "1.dWq", "0.dW")} == {""}, "the tape has no x of an inner layer"
    assert explain(tape, 0).to_latex().count("$") % 2 == 0
