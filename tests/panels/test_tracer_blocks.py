"""The weight tracer on networks with blocks, kernels and tokens: every weight can be chosen, nothing is disturbed."""

import re

import numpy as np
import pytest

from bplearn import (
    Attention,
    Convolution,
    Dense,
    Dropout,
    Embedding,
    HalfSquaredError,
    LayerNorm,
    MaxPooling,
    PerToken,
    ReLU,
    Residual,
    Sequential,
    SoftmaxCrossEntropy,
)
from bplearn.panels.tracer.logic import Tracer
from bplearn.panels.tracer.pictures import trace_network
from bplearn.panels.tracer.tables import factor_table
from bplearn.widgets import trace_panel


def images():
    rng = np.random.default_rng(0)
    layers = Convolution(1, 2, 2, image=(5, 5), rng=0), ReLU(), MaxPooling(2, image=(4, 4), channels=2)
    return Sequential(*layers, Dense(8, 3, rng=1)), rng.normal(size=(3, 25)), [0, 1, 2], SoftmaxCrossEntropy()


def letters():
    mix = Residual(PerToken(LayerNorm(4), length=3), Attention(4, 2, length=3, causal=True, rng=0))
    net = Sequential(Embedding(5, 4, length=3, rng=1), mix, PerToken(Dense(4, 5, rng=2), length=3))
    x = np.array([[0, 1, 2], [4, 3, 1]])
    return net, x, (x + 1) % 5, SoftmaxCrossEntropy(length=3)


def lists_of(panel):
    found = [c for row in panel.children for c in getattr(row, "children", ()) if hasattr(c, "options")]
    return {c.description: c for c in found}


def test_every_weight_of_a_kernel_is_reached_by_lists_and_by_keys():
    panel = trace_panel(*images())
    lists, tracer = lists_of(panel), panel.logic
    lists["weights"].value = 0
    assert [label for label, _ in lists["from"].options] == ["[0, 0, 0]", "[0, 0, 1]", "[0, 1, 0]", "[0, 1, 1]"]
    assert [label for label, _ in lists["to"].options] == ["[0]", "[1]"]
    lists["from"].value, lists["to"].value = 2, 1
    assert tracer.trace.weight.text == "W_h[0, 1, 0, 1]"
    assert tracer.move(0, 1).index == (0, 1, 1, 1)
    assert tracer.move(0, 1).index == (0, 1, 1, 1), "it stops at the border"
    assert tracer.move(1, -1).index == (0, 1, 1, 0)
    panel.act(tracer.turn, 1)
    assert tracer.trace.weight.text == "b_h[0]"
    assert lists["from"].disabled
    assert panel.error_message == ""


def test_a_query_weight_is_chosen_and_its_path_is_written_out():
    panel = trace_panel(*letters())
    lists, tracer = lists_of(panel), panel.logic
    names = [label for label, _ in lists["weights"].options]
    assert "1.Wq_h2 4 x 4" in names
    assert "0.0.g_h2 4" in names
    lists["weights"].value = names.index("1.Wq_h2 4 x 4")
    lists["from"].value, lists["to"].value = 2, 3
    assert tracer.trace.weight.text == "1.Wq_h2[2, 3]"
    tracer.look_at(1)
    shown = factor_table(tracer)
    assert re.search(r"/k\.\d+ / sqrt\(d\) = ", shown)
    assert "0.W_o[" in shown
    assert "inside" not in shown
    assert "backward" not in shown


@pytest.mark.parametrize("made", [images, letters])
def test_lines_of_the_picture_join_what_answers_to_each_other(made):
    net, x, target, loss = made()
    tracer = Tracer(net, x, target, loss)
    for holder in tracer.holders:
        tracer.choose(holder.layer, holder.parameter, (0,) * len(holder.shape))
        body = trace_network(tracer).body
        assert holder.layer < 3 or "class 2" in body
        for y in re.findall(r'<text x="[\d.-]+" y="([\d.]+)"', body):
            assert float(y) > 0
    if made is letters:
        assert re.search(r"o\d+, class \d at 2", body)


def test_looking_draws_no_mask_from_the_learners_network():
    net = Sequential(Dense(3, 6, rng=0), Dropout(0.5, rng=1), Dense(6, 1, rng=2))
    x = np.random.default_rng(0).normal(size=(2, 3))
    state = net[1].rng.bit_generator.state
    tracer = Tracer(net, x, [[1.0], [0.0]], HalfSquaredError())
    first = tracer.trace.gradient
    tracer.move(0, 1).move(0, -1)
    assert tracer.trace.gradient == first, "the same draw each time"
    assert net[1].rng.bit_generator.state == state
    np.testing.assert_allclose(tracer.tape[1].cache["mask"], tracer.trace._tape[1].cache["mask"])


def test_the_saved_page_says_the_numbers_of_a_weight_inside_a_block():
    panel = trace_panel(*letters())
    panel.logic.choose(1, "1.Wq", (0, 1))
    bundle = panel._repr_mimebundle_()
    assert "dE/d1.Wq_h2[0, 1] = " in bundle["text/plain"]
    assert "1.Wq_h2[0, 1]" in bundle["text/html"]
