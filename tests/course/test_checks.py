"""The checks themselves, as a student meets them: what passes, what is named, what is not allowed, what is noticed."""

import socket

import numpy as np
import pytest

import bplearn
from bplearn.course import CheckFailed, check, record, seals
from bplearn.course.borrowed import watching
from bplearn.course.desk import verdict_of
from bplearn.course.wire import Channel, Closed, Odd
from bplearn.errors import ArgumentError
from bplearn.exercises import ALL as EXERCISES
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.verdict import Status


def log_cosh_loss(y, t):
    return np.mean(np.log(np.cosh(y - t))), np.tanh(y - t) / y.size


def layer(dy, x, W, b, y):
    dz = dy * (1 - y * y)
    return dz @ W.T, x.T @ dz, dz.sum(axis=0)


def test_a_right_answer_passes_with_every_seed():
    for seed in range(12):
        assert verdict_of("A2.3", log_cosh_loss, seed).passed
        assert verdict_of("A2.2", layer, seed).passed


def test_numbers_learned_by_heart_pass_the_open_check_and_not_the_hidden_one():
    known = {}

    def learn(y, t):
        known[y.tobytes()] = log_cosh_loss(y, t)
        return known[y.tobytes()]

    def by_heart(y, t):
        return known.get(y.tobytes(), (0.0, 0 * y))

    assert verdict_of("A2.3", learn).passed
    assert verdict_of("A2.3", by_heart).passed
    assert not verdict_of("A2.3", by_heart, seed=63).passed


@pytest.mark.parametrize(
    ("wrong", "mistakes"),
    [
        (lambda dy, x, W, b, y: (*layer(dy, x, W, b, y)[:2], (dy * (1 - y * y)).mean(axis=0)), ("bias-averaged",)),
        (lambda dy, x, W, b, y: (dy @ W.T, x.T @ dy, dy.sum(axis=0)), ("hidden-derivative-missing",)),
        (lambda dy, x, W, b, y: layer(dy * (1 - y * y), x, W, b, y), ("derivative-twice",)),
        (lambda dy, x, W, b, y: tuple(-part for part in layer(dy, x, W, b, y)), ("sign",)),
        (
            lambda dy, x, W, b, y: layer(dy[-1:], x[-1:], W, b, y[-1:])[:0] or _last(dy, x, W, b, y),
            ("last-sample-only",),
        ),
    ],
)
def test_a_known_mistake_is_named(wrong, mistakes):
    assert verdict_of("A2.2", wrong).mistakes == mistakes


def _last(dy, x, W, b, y):
    dx, _, _ = layer(dy, x, W, b, y)
    return dx, *layer(dy[-1:], x[-1:], W, b, y[-1:])[1:]


def test_float32_and_loops_pass():
    def loop(dy, x, W, b, y):
        dx, dW, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(b.shape)
        for n in range(len(x)):
            dz = dy[n] * (1 - y[n] ** 2)
            dx[n], dW, db = W @ dz, dW + np.outer(x[n], dz), db + dz
        return dx, dW, db

    assert verdict_of("A2.2", loop).passed
    assert verdict_of("A2.2", lambda *a: tuple(p.astype(np.float32) for p in layer(*a))).passed


def test_what_the_student_does_to_its_arguments_is_seen_and_stays_there():
    def spoil(dy, x, W, b, y):
        dy *= 1 - y * y
        return dy @ W.T, x.T @ dy, dy.sum(axis=0)

    assert verdict_of("A2.2", spoil).mistakes == ("argument-changed",)
    assert verdict_of("A2.2", layer).passed


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (..., Status.NOT_ATTEMPTED, "Replace `raise NotImplementedError()`"),
        (3.0, Status.WRONG, "The answer should be a function; it is a float."),
        (lambda y, t: None, Status.NOT_ATTEMPTED, "Replace"),
        (lambda y, t: (y @ t, 0), Status.ERROR, "Your code raised ValueError"),
        (lambda y, t: (y @ t, 0), Status.ERROR, "y @ t"),
        (lambda y: y, Status.ERROR, "It is called as log_cosh_loss(y, t)"),
        (lambda y, t: exit(), Status.ERROR, "SystemExit"),
        (lambda y, t: (object(), y), Status.WRONG, "L should hold numbers; it holds object"),
        (lambda y, t: [y] * 20_000, Status.WRONG, "2 values (L, dy)"),
    ],
)
def test_what_is_no_answer_gets_a_verdict_of_its_own(answer, status, words):
    verdict = verdict_of("A2.3", answer)
    assert verdict.status is status
    assert words in str(verdict)


def test_a_part_that_is_not_written_yet_is_said():
    def later(y, t):
        if len(y) > 0:
            raise NotImplementedError
        return y

    assert verdict_of("A2.3", later).status is Status.NOT_ATTEMPTED


def test_an_endless_loop_is_cut_off_even_while_it_asks_the_referee():
    def ask_for_ever(f, gradient, parameters):
        while True:
            f(parameters)

    verdict = verdict_of("A3.3", ask_for_ever)
    assert verdict.status is Status.ERROR
    assert "cut off" in str(verdict)
    assert verdict_of("A2.3", log_cosh_loss).passed


def test_the_library_may_not_be_called_where_it_is_not_allowed():
    def borrowed(dy, x, W, b, y):
        network = bplearn.Sequential(bplearn.Dense(*W.shape, weights=W, bias=b), bplearn.Tanh())
        _, tape = network.forward(x)
        dx = network.backward(dy, tape)
        return dx, *(parameter.grad for parameter in network.parameters())

    verdict = verdict_of("A2.2", borrowed)
    assert not verdict.passed
    assert "It calls bplearn.layers.dense.Dense.__init__" in str(verdict)
    assert "This task is to be solved with Python and NumPy alone." in str(verdict)


def test_it_is_noticed_when_the_watching_itself_is_turned_off():
    import sys

    with watching() as calls:
        sys.setprofile(None)
    assert calls == ["sys.setprofile"]


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (np, "allclose"),
        (np, "tanh"),
        (np.linalg, "norm"),
        (bplearn.exercises.engine.compare, "close"),
        (bplearn.course.desk, "_serve"),
        (bplearn.Dense, "backward"),
    ],
)
def test_a_replaced_function_is_noticed_and_named(place, name, monkeypatch):
    own = getattr(place, name)
    monkeypatch.setattr(place, name, lambda *arguments, **words: own(*arguments, **words))
    verdict = verdict_of("A2.3", log_cosh_loss)
    assert not verdict.passed
    assert "A library was patched" in verdict.headline
    assert name in verdict.headline


def test_another_function_of_the_same_library_in_its_place_is_noticed(monkeypatch):
    monkeypatch.setattr(np, "maximum", np.minimum)
    assert "numpy.maximum" in verdict_of("A2.3", log_cosh_loss).headline


def test_an_honest_notebook_breaks_no_seal():
    import numpy.ma
    import numpy.polynomial  # noqa: F401

    assert verdict_of("A2.3", log_cosh_loss).passed
    assert seals.checksums(seals.seals()) == seals.checksums(seals.seals())


def test_check_is_silent_when_passed_and_raises_the_verdict_otherwise():
    assert check("A2.3", log_cosh_loss) is None
    with pytest.raises(CheckFailed, match=r"✗ A2\.3 The log-cosh loss: not right yet") as raised:
        check("A2.3", lambda y, t: (0.0, y))
    assert isinstance(raised.value, AssertionError)
    assert raised.value._render_traceback_() == str(raised.value).splitlines()
    with pytest.raises(ArgumentError, match=r'check expected a task such as "A2\.1", got \'A7\.1\'\.'):
        check("A7.1", log_cosh_loss)


def test_record_names_the_versions():
    assert record("A2").startswith(f"A2 with bplearn {bplearn.__version__}, NumPy {np.__version__}, Python 3.")


def test_no_task_holds_a_solution_of_its_own_and_none_repeats_an_exercise():
    from bplearn.course.tasks import ALL

    titles = {one.title for one in EXERCISES.values()}
    for number, task in ALL.items():
        assert task.exercise.title not in titles
        if isinstance(task.exercise, Code):
            assert task.exercise.solution.__module__.startswith("bplearn.course.tasks"), number


# What crosses the wire


@pytest.fixture
def channels():
    pair = [
        Channel(one, keep=lambda function: 7, reach=lambda number: f"function {number}") for one in socket.socketpair()
    ]
    yield pair
    for one in pair:
        one.close()


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, -2.5, float("inf"), "text", ..., (1, [2.0, ()]), {"a": 1, "b": [2]},
        np.arange(6.0).reshape(2, 3).T, np.float32(0.1), np.zeros((0, 3)), np.array([True]),
        np.arange(3, dtype=np.int8),
    ],
)  # fmt: skip
def test_values_arrive_as_they_were_sent(channels, value):
    one, two = channels
    one.send("value", value, more=[1, "b"])
    kind, fields, there = two.receive()
    assert (kind, fields) == ("value", {"more": [1, "b"]})
    if isinstance(value, np.ndarray | np.generic):
        assert there.dtype == value.dtype
        assert there.tobytes() == np.ascontiguousarray(value).tobytes()
        there[...] = 0  # its own memory
    else:
        assert there == value
        assert type(there) is type(value)


def test_what_does_not_cross_stands_as_odd(channels):
    class Liar:
        def __repr__(self):
            raise RuntimeError

    one, two = channels
    one.send("value", [Liar(), np.array(["a"]), 1j, print, 10**30])
    liar, text, imaginary, function, huge = two.receive()[2]
    assert isinstance(liar, Odd)
    assert (liar.kind, repr(liar)) == ("Liar", "<Liar>")
    assert isinstance(text, Odd)
    assert isinstance(imaginary, Odd)
    assert (function, huge) == ("function 7", float("inf"))


def test_an_array_that_lies_about_itself_crosses_as_its_bytes(channels):
    class Liar(np.ndarray):
        def tobytes(self, *_):
            return b"lies"

        def __eq__(self, _):
            return True

    one, two = channels
    one.send("value", np.ones(2).view(Liar))
    assert type(two.receive()[2]) is np.ndarray


def test_a_closed_line_is_noticed(channels):
    one, two = channels
    one.close()
    with pytest.raises(Closed):
        two.receive()
