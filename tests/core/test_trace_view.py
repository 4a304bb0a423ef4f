"""How a trace is shown: formulas that are true, LaTeX that renders, text and tables that hold the numbers."""

import html.parser
import math
import re

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from bplearn import (
    ELU,
    GELU,
    BinaryCrossEntropy,
    Dense,
    Flatten,
    HalfSquaredError,
    Huber,
    Identity,
    LeakyReLU,
    MeanAbsoluteError,
    MeanSquaredError,
    ReLU,
    Sequential,
    Sigmoid,
    SiLU,
    Softmax,
    SoftmaxCrossEntropy,
    Softplus,
    Tanh,
    mlp,
    trace_weight,
)

LAYERS = [Identity(), Sigmoid(), Tanh(), ReLU(), LeakyReLU(0.2), ELU(1.3), GELU(), SiLU(), Softplus(), Softmax()]
VALUES = [MeanSquaredError(), HalfSquaredError(), MeanAbsoluteError(), Huber(0.4)]
CHANCES = [BinaryCrossEntropy(), BinaryCrossEntropy(from_logits=False)]
WORDS = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "Phi": lambda z: (1 + math.erf(z / math.sqrt(2))) / 2,
    "phi": lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
    "sign": lambda z: math.copysign(1, z),
    "sqrt": math.sqrt,
    "clip": lambda z, low, high: min(max(z, low), high),
}


def worth(formula):
    """The number that a formula is worth, from its words alone."""
    numbers = formula._with_numbers(17).split(", since")[0].replace("^", "**")
    return eval(numbers, {"__builtins__": {}}, WORDS)


def traces(rows):
    rng = np.random.default_rng(5)
    x, classes = rng.normal(size=(rows, 3)), rng.integers(0, 2, rows)
    for layer in LAYERS:
        network = Sequential(Dense(3, 3, rng=1), layer, Dense(3, 2, rng=2))
        yield trace_weight(network, x, classes, SoftmaxCrossEntropy(), 0, (1, 1))
    for loss in VALUES:
        yield trace_weight(mlp(3, 3, 2, rng=0), x, rng.normal(size=(rows, 2)), loss, 0, (1, 1))
        yield trace_weight(mlp(3, 3, 1, rng=0), x, rng.normal(size=(rows, 1)), loss, 0, 0)
    for loss in CHANCES:
        network = Sequential(Dense(3, 2, rng=4), Sigmoid())
        yield trace_weight(network, x, rng.uniform(size=(rows, 2)), loss, 0, (1, 1))
    images = Sequential(Flatten(), Dense(4, 2, rng=0), Tanh(), Dense(2, 2, rng=1))
    yield trace_weight(images, rng.normal(size=(rows, 2, 2)), classes, SoftmaxCrossEntropy(), 1, (3, 0))


@pytest.mark.parametrize("rows", [1, 3])
def test_every_formula_is_worth_its_factor(rows):
    checked = set()
    for trace in traces(rows):
        for path in trace.paths(top=None):
            for factor in path.factors:
                assert worth(factor.formula) == pytest.approx(factor.value, rel=1e-9), factor.formula.text
                checked.add(re.sub(r"\d+", "", factor.formula.text))
    assert len(checked) > 15


@pytest.mark.parametrize("rows", [1, 3])
def test_every_line_of_the_derivation_renders(rows):
    """Lines that differ in their digits alone are laid out alike: each kind is rendered once."""
    parser, kinds = MathTextParser("agg"), set()
    for trace in traces(rows):
        lines = trace.to_latex(top=3).split("\n\n")
        assert len(lines) >= (4 if trace.count else 1)
        for line in lines:
            assert line.startswith("$")
            assert line.endswith("$")
            kind = re.sub(r"\d+(\.\d+)?", "0", line)
            if kind not in kinds:
                parser.parse(line, dpi=100)
            kinds.add(kind)
    assert len(kinds) > 30


def test_the_derivation_of_the_published_weight():
    trace = published()
    lines = trace.to_latex().split("\n\n")
    assert lines[0] == r"$\frac{\partial E}{\partial W_{h}[0,0]} = P_{1} + P_{2}$"
    assert lines[2] == (
        r"$P_{1} = (o_{1} - t_{1}) \cdot o_{1}(1 - o_{1}) \cdot W_{o}[0,0] \cdot h_{1}(1 - h_{1}) \cdot x_{1}$"
    )
    assert lines[3] == r"$P_{1} = 0.741365 \cdot 0.186816 \cdot 0.4 \cdot 0.241301 \cdot 0.05 = 0.000668396$"
    assert lines[-1].endswith(r"= 0.000668396 + (-0.000229828) = 0.000438568$")


def test_a_derivation_with_a_rest():
    trace = trace_weight(mlp(2, 5, 4, 3, rng=0), [[1.0, 2.0]], [2], SoftmaxCrossEntropy(), 0, (0, 0))
    lines = trace.to_latex(top=2).split("\n\n")
    assert lines[0].endswith("= P_{1} + P_{2} + R$")
    assert r"10\ other\ paths" in lines[-2]
    assert len(lines) == 1 + 2 * 3 + 2
    powers = trace_weight(mlp(1, 1, rng=0), [[1e-7]], [[0.0]], HalfSquaredError(), 0, (0, 0)).to_latex()
    assert r"\cdot 10^{-" in powers
    assert "e-" not in powers


def published():
    hidden = Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35])
    output = Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60])
    network = Sequential(hidden, Sigmoid(), output, Sigmoid())
    return trace_weight(network, [[0.05, 0.10]], [[0.01, 0.99]], HalfSquaredError(), 0, (0, 0))


def test_the_text_of_the_published_weight():
    assert (
        repr(published())
        == """\
dE/dW_h[0, 0] = 0.000438567734
W_h[0, 0] = 0.15 in layer 0; E = 0.298371
the sum over 2 paths

 1  E <- o1 <- z_o1 <- h1 <- z_h1 <- W_h[0, 0]
    dE/do1            o1 - t1        0.7514 - 0.01          = 0.741365
    do1/dz_o1         o1 * (1 - o1)  0.7514 * (1 - 0.7514)  = 0.186816
    dz_o1/dh1         W_o[0, 0]      0.4                    = 0.4
    dh1/dz_h1         h1 * (1 - h1)  0.5933 * (1 - 0.5933)  = 0.241301
    dz_h1/dW_h[0, 0]  x1             0.05                   = 0.05
    product 0.000668396, so far 152.4 %
 2  E <- o2 <- z_o2 <- h1 <- z_h1 <- W_h[0, 0]
    dE/do2            o2 - t2        0.7729 - 0.99          = -0.217072
    do2/dz_o2         o2 * (1 - o2)  0.7729 * (1 - 0.7729)  = 0.17551
    dz_o2/dh1         W_o[0, 1]      0.5                    = 0.5
    dh1/dz_h1         h1 * (1 - h1)  0.5933 * (1 - 0.5933)  = 0.241301
    dz_h1/dW_h[0, 0]  x1             0.05                   = 0.05
    product -0.000229828, so far 100.0 %

these 2  0.000438567734  100.0 %
Names count from 1, indices in brackets from 0."""
    )


class Cells(html.parser.HTMLParser):
    """Collects the cells and checks that every tag is closed in its order."""

    def __init__(self):
        super().__init__()
        self.open, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)
        if tag in ("td", "th", "caption"):
            self.texts.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.texts:
            self.texts[-1] += data


def cells(text):
    parser = Cells()
    parser.feed(text)
    assert parser.open == []
    return parser.texts


def test_the_table_has_a_column_for_each_factor():
    found = cells(published()._repr_html_())
    assert found[1:9] == ["", "∂E/∂o", "∂o/∂z_o", "∂z_o/∂h", "∂h/∂z_h", "∂z_h/∂W_h[0, 0]", "product", "so far"]
    assert found[10] == "∂E/∂o10.741365o1 - t10.7514 - 0.01"
    assert found[15:17] == ["0.000668396", "152.4 %"]
    assert "dE/dW_h[0, 0] = 0.000438567734" in published()._repr_html_()


def test_a_negative_product_is_told_by_stripes_too():
    shown = published()._repr_html_()
    assert shown.count("repeating-linear-gradient") == 1  # one of two products is negative


def test_a_batch_and_a_shared_layer():
    shared = Dense(2, 2, rng=0)
    network = Sequential(shared, Tanh(), shared)
    trace = trace_weight(network, [[1.0, 2.0], [0.5, -1.0]], [0, 1], SoftmaxCrossEntropy(), 0, (0, 1))
    shown = trace._repr_html_()
    assert "Through the use in layer 0" in shown
    assert "Through the use in layer 2" in shown
    assert "sample" in cells(shown)
    assert "o1 ... o2 are the classes 0 ... 1" in shown
    assert "sample 0: E &lt;-" not in shown
    assert re.search(r"sample [01]: E <- o", repr(trace))
    assert "largest shares: sample" in repr(trace)
    one = trace_weight(network, [[1.0, 2.0], [0.5, -1.0]], [0, 1], SoftmaxCrossEntropy(), 0, (0, 1), sample=1)
    assert "the share of sample 1 among 2" in repr(one)


def test_many_paths_are_summed_up():
    trace = trace_weight(mlp(2, 6, 6, 6, rng=0), [[1.0, 2.0]], [2], SoftmaxCrossEntropy(), 0, (0, 0))
    shown = repr(trace)
    assert "the sum over 36 paths" in shown
    assert re.search(r"these 10 .*\n26 others .*\nall ", shown)
    assert shown.count("dE/do") == 3  # three in full, seven in one line each
    assert len(cells(trace._repr_html_())) > 70


def test_names_are_escaped():
    class Odd(Identity.__mro__[1]):
        def __init__(self):
            self.words = "<b>"

        def forward(self, x):
            return x * 0, {}

        def backward(self, dy, cache, *, input_gradient=True):
            return dy * 0, {}

    trace = trace_weight(Sequential(Dense(1, 1), Odd()), [[1.0]], [[1.0]], HalfSquaredError(), 0, (0, 0))
    assert "<b>" not in trace._repr_html_()
    assert "&lt;b&gt;" in trace._repr_html_()
