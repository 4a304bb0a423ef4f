"""The weight tracer on networks of notebooks 16 to 18, in a real JupyterLab: a weight in a block, one of a kernel."""

import re

from playwright.sync_api import expect

LETTERS = """import numpy as np
from bplearn import (Attention, Convolution, Dense, Embedding, LayerNorm, MaxPooling, PerToken, ReLU, Residual,
                     Sequential, SoftmaxCrossEntropy)
from bplearn.widgets import trace_panel
mix = Residual(PerToken(LayerNorm(4), length=3), Attention(4, 2, length=3, causal=True, rng=0))
net = Sequential(Embedding(5, 4, length=3, rng=1), mix, PerToken(Dense(4, 5, rng=2), length=3))
x = np.array([[0, 1, 2], [4, 3, 1]])
panel = trace_panel(net, x, (x + 1) % 5, SoftmaxCrossEntropy(length=3))
panel"""
IMAGES = """layers = Convolution(1, 2, 2, image=(5, 5), rng=0), ReLU(), MaxPooling(2, image=(4, 4), channels=2)
net = Sequential(*layers, Dense(8, 3, rng=1))
panel = trace_panel(net, np.random.default_rng(0).normal(size=(3, 25)), [0, 1, 2], SoftmaxCrossEntropy())
panel"""


def reads(book):
    return book.panel().get_by_role("status").first


def test_a_weight_inside_a_block_is_chosen_and_its_path_read(notebook):
    book = notebook([LETTERS])
    book.panel().get_by_label("weights", exact=True).select_option("1.Wq_h2 4 x 4")
    book.panel().get_by_label("from", exact=True).select_option("[2]")
    book.panel().get_by_label("to", exact=True).select_option("[3]")
    book.panel().get_by_label("look at").select_option("sample 1")
    expect(reads(book)).to_contain_text("∂E/∂1.Wq_h2[2, 3] =")
    assert book.ask("format(panel.logic.trace.gradient, '.9g')").strip("'") in reads(book).inner_text()
    expect(book.panel().locator(".bpl-equation")).to_contain_text(re.compile(r"/k\.\d+ / sqrt\(d\) = "))
    assert book.clipped() == []
    assert book.axe() == []


def test_a_weight_of_a_kernel_is_reached_by_list_and_by_key(notebook):
    book = notebook([LETTERS.removesuffix("panel"), IMAGES])
    book.panel().get_by_label("weights", exact=True).select_option("W_h 1 x 2 x 2 x 2")
    book.panel().get_by_label("from", exact=True).select_option("[0, 1, 0]")
    expect(reads(book)).to_contain_text("∂E/∂W_h[0, 1, 0, 0] =")
    book.panel().get_by_role("group", name=re.compile("Network: arrows")).focus()
    book.page.keyboard.press("ArrowRight")
    expect(reads(book)).to_contain_text("∂E/∂W_h[0, 1, 1, 0] =")
    book.page.keyboard.press("ArrowDown")
    expect(reads(book)).to_contain_text("∂E/∂W_h[0, 1, 1, 1] =")
    book.shot("trace-kernel")
