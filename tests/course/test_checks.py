"""The checks themselves, as a student meets them: what passes, what is named, what is not allowed, what is noticed."""

import threading
from multiprocessing import Pipe

import numpy as np
import pytest

import bplearn
from bplearn.course import CheckFailed, check, record
from bplearn.course.client import checking
from bplearn.course.client.checking import verdict_of
from bplearn.course.client.forbidden_calls import watching
from bplearn.course.client.protocol import Channel, Closed, RemoteFunction, Unsendable
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
        (lambda y, t: (object(), y), Status.WRONG, "L should hold numbers; it holds a value of type object"),
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


def test_an_endless_loop_is_cut_off_even_while_it_asks_the_referee(monkeypatch):
    real = checking._run

    def shorter(channel, answer, calls, limits):
        return real(channel, answer, calls, {**limits, "seconds": limits["seconds"] / 5})

    monkeypatch.setattr(checking, "_run", shorter)

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

    calls = []
    with watching(calls, threading.get_ident()):
        sys.setprofile(None)
    assert calls == ["sys.setprofile"]


def test_a_replaced_library_gains_nothing(monkeypatch):
    """The comparison is in another process: what lies does so to the student alone."""
    for place, name in ((np, "allclose"), (np, "isclose"), (bplearn.exercises.engine.compare, "close")):
        monkeypatch.setattr(place, name, lambda *a, **k: True)
    assert not verdict_of("A2.3", lambda y, t: (0.0, 0 * y)).passed


def test_a_thread_a_process_or_a_timer_in_an_answer_is_refused():
    import os
    import signal

    def by_thread(y, t):
        box = []
        thread = threading.Thread(target=lambda: box.append(log_cosh_loss(y, t)))
        thread.start()
        thread.join()
        return box[0]

    def by_process(y, t):
        os.system("true")
        return log_cosh_loss(y, t)

    def by_timer(y, t):
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return log_cosh_loss(y, t)

    def by_handler(y, t):
        signal.signal(signal.SIGUSR1, lambda *_: None)
        return log_cosh_loss(y, t)

    found = {
        by_thread: "starts a thread",
        by_process: "starts a process",
        by_timer: "sets a timer",
        by_handler: "handles signals",
    }
    for answer, says in found.items():
        verdict = verdict_of("A2.3", answer)
        assert not verdict.passed
        assert says in str(verdict)


def test_a_thread_that_was_started_before_could_answer_unseen_and_is_refused():
    over = threading.Event()
    worker = threading.Thread(target=over.wait, daemon=True)
    worker.start()
    try:
        verdict = verdict_of("A2.3", log_cosh_loss)
        assert not verdict.passed
        assert "a thread or a process that was started before" in str(verdict)
    finally:
        over.set()
        worker.join()
    assert verdict_of("A2.3", log_cosh_loss).passed


def test_solutions_of_the_course_are_noticed_even_where_bplearn_may_be_called():
    from bplearn.course.tasks import a3, a4

    def borrowed(f, parameters, h):
        return a3.numerical_gradients(f, parameters, h)

    assert "bplearn.course.tasks.a3.numerical_gradients" in str(verdict_of("A3.1", borrowed))
    assert not verdict_of("A4.4", a4.two_dials).passed


def test_functions_that_come_as_arguments_take_theirs_by_name():
    def two_dials(train_once, learning_rates, batch_sizes, seeds):
        table = np.array(
            [
                [np.mean([train_once(learning_rate=r, batch_size=b, seed=s) for s in seeds]) for b in batch_sizes]
                for r in learning_rates
            ]
        )
        table[~np.isfinite(table)] = np.inf
        i, j = np.unravel_index(np.argmin(table), table.shape)
        return table, learning_rates[i], batch_sizes[j]

    assert verdict_of("A4.4", two_dials).passed


def test_a_judge_of_gradients_is_told_like_a_person_what_it_let_pass():
    said = str(verdict_of("A3.3", lambda f, gradient, parameters: True))
    assert "Accepted, though it is wrong: a gradient in which 1/N is missing." in said
    assert "the verdict on .a factor 2" not in said.partition("Right: ")[0]


def test_the_limit_of_an_answer_is_processor_time():
    import time

    def waits(y, t):
        time.sleep(5.5)  # longer than the limit, as on a machine that is busy with something else
        return log_cosh_loss(y, t)

    count = iter(range(100))
    assert verdict_of("A2.3", lambda y, t: waits(y, t) if next(count) == 0 else log_cosh_loss(y, t)).passed


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
    one, two = Pipe()
    pair = Channel(one, exports=True), Channel(two)
    yield pair
    for end in pair:
        end.close()


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
    two.send("value", [Liar(), np.array(["a"]), 1j, print, 10**30])
    liar, text, imaginary, function, huge = one.receive()[2]
    assert isinstance(liar, Unsendable)
    assert (type(liar).__name__, repr(liar)) == ("Liar", "<Liar>")
    assert all(isinstance(some, Unsendable) for some in (text, imaginary, function))
    assert huge == float("inf")


def test_a_function_of_the_grader_stays_there_and_is_called_over_the_line(channels):
    one, two = channels
    one.send("run", lambda x, y: x - y)
    function = two.receive()[2]
    assert isinstance(function, RemoteFunction)
    server = threading.Thread(target=one.receive)
    server.start()
    assert function(3.0, y=1.0) == 2.0
    with pytest.raises(ValueError, match="TypeError"):
        function(None, 1.0)
    with pytest.raises(TypeError, match=r"it takes \(x, y\), got z by name"):
        function(1.0, z=2)
    two.send("end")
    server.join()


def test_an_array_that_lies_about_itself_crosses_as_its_bytes(channels):
    class Liar(np.ndarray):
        def tobytes(self, *_):
            return b"lies"

        def __eq__(self, _):
            return True

    one, two = channels
    two.send("value", np.ones(2).view(Liar))
    assert type(one.receive()[2]) is np.ndarray


@pytest.mark.parametrize("content", [b"", b"12345678", b"\0" * 7 + b"\x02[]", b"\0" * 7 + b"\x02{}", b"\xff" * 9])
def test_a_message_that_nobody_sends_by_itself_ends_the_line_and_no_more(content):
    one, two = Pipe()
    two.send_bytes(content)
    with pytest.raises(Closed):
        Channel(one).receive()


def test_a_closed_line_is_noticed(channels):
    one, two = channels
    one.close()
    with pytest.raises(Closed):
        two.receive()
