"""Blocks and layers of tokens and images: names of inner weights, what they refuse, and that they learn together."""

import re

import numpy as np
import pytest

from bplearn import (
    Adam,
    ArgumentError,
    Attention,
    Convolution,
    DataError,
    Dense,
    Embedding,
    HalfSquaredError,
    LayerNorm,
    MaxPooling,
    PerToken,
    ReLU,
    Residual,
    Sequential,
    Session,
    ShapeError,
    SoftmaxCrossEntropy,
    Tanh,
    TargetError,
    accuracy,
    check_gradients,
    datasets,
    explain,
    fit,
)

T = 4


def small_model(rng=0):
    """A language model of 5 letters, rows of 4 tokens, 6 numbers a token."""
    mix = Residual(PerToken(LayerNorm(6), length=T), Attention(6, 2, length=T, causal=True, rng=rng))
    think = Residual(PerToken(Dense(6, 8, rng=rng), ReLU(), Dense(8, 6, rng=rng), length=T))
    return Sequential(Embedding(5, 6, length=T, rng=rng), mix, think, PerToken(Dense(6, 5, rng=rng), length=T))


def letters(rows, seed=0):
    x = np.random.default_rng(seed).integers(0, 5, (rows, T))
    return x, (x + 1) % 5


def test_inner_weights_have_names_of_their_own():
    net = small_model()
    named = [*net[1].named_parameters()]
    assert named == ["0.0.g", "0.0.b", "1.Wq", "1.Wk", "1.Wv", "1.Wo"]
    assert [*net[2].named_parameters()] == ["0.0.W", "0.0.b", "0.2.W", "0.2.b"]
    assert "0.0.g (6,)" in str(net.summary((T,)))
    x, targets = letters(3)
    loss = SoftmaxCrossEntropy(length=T)
    y, tape = net.forward(x)
    net.backward(loss.backward(loss.forward(y, targets)[1]), tape)
    assert set(tape[1].grads) == set(named)
    np.testing.assert_array_equal(net[1].layers[1].Wq.grad, tape[1].grads["1.Wq"])
    assert "1.dWq" in tape[1].arrays()
    assert "0.0.dg" in str(explain(tape, 1))


def test_the_uses_of_a_layer_inside_and_outside_a_block_add_up():
    dense = Dense(3, 3, rng=0)
    net = Sequential(dense, Residual(Tanh(), dense, dense))
    assert len(net.parameters()) == 2
    x, t = np.random.default_rng(0).normal(size=(2, 4, 3))
    assert check_gradients(net, x, t, HalfSquaredError()).passed


def test_gradients_of_a_model_of_letters_are_right_and_whole_numbers_are_left_out():
    x, targets = letters(4)
    report = check_gradients(small_model(), x, targets, SoftmaxCrossEntropy(length=T))
    assert report.passed, report
    assert "whole numbers that choose" in str(report)
    wrong = small_model()
    right = wrong[1].layers[1].backward
    vars(wrong[1].layers[1])["backward"] = lambda dy, cache, **kw: (
        1.01 * right(dy, cache, **kw)[0],
        {**right(dy, cache)[1]},
    )
    assert not check_gradients(wrong, x, targets, SoftmaxCrossEntropy(length=T)).passed


def test_a_model_of_letters_learns_and_answers_a_letter_for_each_place():
    x, targets = letters(60)
    net, loss = small_model(), SoftmaxCrossEntropy(length=T)
    fit(net, x, targets, loss=loss, optimizer=Adam(0.02), epochs=15, batch_size=16, progress=False, rng=0)
    unseen, wanted = letters(20, seed=1)
    answers = net.predict(unseen, loss=loss)
    assert answers.shape == wanted.shape
    assert accuracy(answers, wanted) > 0.95
    session = Session(small_model(), x, targets, loss=loss, optimizer=Adam(0.02))
    assert session.step(4).back().steps == 3


def test_a_causal_token_sees_nothing_that_comes_later():
    net = small_model()
    x, _ = letters(1)
    later = x.copy()
    later[0, 2] = (later[0, 2] + 1) % 5
    same = np.isclose(net(x), net(later), rtol=0, atol=0).reshape(T, 5).all(axis=1)
    assert same.tolist() == [True, True, False, False]


def test_a_small_convolutional_network_learns_the_digits():
    data = datasets.digits()
    net = Sequential(
        Convolution(1, 6, 3, image=(8, 8), rng=0),
        ReLU(),
        MaxPooling(2, image=(6, 6), channels=6),
        Dense(54, 10, rng=1),
    )
    x, targets = data.x[:600], data.targets[:600]
    fit(net, x, targets, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01), epochs=8, progress=False, rng=0)
    assert accuracy(net.predict(data.x[600:900], loss=SoftmaxCrossEntropy()), data.targets[600:900]) > 0.85


X = np.ones((2, 4))
REFUSED = [
    (lambda: Residual(), ArgumentError, "Residual expected at least one layer inside, got none."),
    (lambda: Residual(Tanh), ArgumentError, "Residual, place 0, expected a layer, got .* Write Tanh\\(...\\)."),
    (lambda: PerToken([Tanh()], length=2), ArgumentError, "PerToken, place 0, expected a layer"),
    (
        lambda: Residual(Dense(4, 1, rng=0)).forward(X),
        ShapeError,
        r"Residual\(Dense\(4 -> 1\)\) expected its layers to return the shape of x, \(2, 4\), got \(2, 1\). The last",
    ),
    (lambda: LayerNorm(3).forward(X), ShapeError, r"LayerNorm\(3\) expected x of shape \(N, 3\), got \(2, 4\)"),
    (lambda: LayerNorm(4).forward(X[0]), ShapeError, "For one sample write x"),
    (lambda: Convolution(1, 2, 3, image=(2, 2)), ArgumentError, "a window that fits the image, got size 3. Make size"),
    (lambda: Convolution(1, 2, 3, image=8), ArgumentError, "height and width, such as .8, 8., got 8. Write image="),
    (lambda: Convolution(1, 2, 2, image=(3, 3)).forward(X), ShapeError, r"expected x of shape \(N, 9\), got \(2, 4\)"),
    (lambda: Convolution(1, 2, 2, image=(3, 3), weights=1.0), ArgumentError, "Convolution's weights expected"),
    (lambda: MaxPooling(2, image=(4, 5)), ArgumentError, "tiles that fill the image, got size 2"),
    (lambda: Embedding(3, 2).forward(X * 3), DataError, r"whole numbers 0..2, got 3 at \[0, 0\]"),
    (lambda: Embedding(3, 2).forward(X / 2), DataError, r"whole numbers 0..2, got 0.5 at \[0, 0\]"),
    (lambda: Embedding(3, 2, length=5).forward(X), ShapeError, r"x of shape \(N, 5\), a number for each token"),
    (lambda: PerToken(Tanh(), length=3).forward(X), ShapeError, r"expected x of shape \(N, 3 \* D\), got \(2, 4\)"),
    (lambda: Attention(6, 4, length=2), ArgumentError, "heads that divide 6, got 4. Heads that fit: 1, 2, 3, 6."),
    (
        lambda: Attention(2, length=3).forward(X),
        ShapeError,
        r"expected x of shape \(N, 6\), got \(2, 4\). The width is",
    ),
    (lambda: Attention(2, length=2, weights=X), ArgumentError, "Attention's weights expected an initializer or 4 arr"),
    (
        lambda: SoftmaxCrossEntropy(length=2).forward(X, [0, 1]),
        TargetError,
        r"expected class numbers of shape \(2, 2\), got \(2,\)",
    ),
    (lambda: SoftmaxCrossEntropy(length=3).forward(X, [[0]]), ShapeError, r"End the network with PerToken\(Dense"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_does_not_fit_is_said_in_words(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert re.search(message, str(caught.value)), str(caught.value)
