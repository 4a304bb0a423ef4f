"""The sandbox: limits, swallowed output, messages with the learner's own line, and nothing left changed behind."""

import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest

from bplearn.exercises import Status, check
from bplearn.exercises.engine.runner import changed, copies, run

ALARM = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm on this system")


def in_thread(code):
    """Call code() off the main thread, as a widget's callback does."""
    found = []
    thread = threading.Thread(target=lambda: found.append(code()))
    thread.start()
    thread.join()
    return found[0]


def here(code):
    return code()


WHERE = pytest.mark.parametrize("where", [here, in_thread], ids=["main thread", "other thread"])


@WHERE
def test_a_value_comes_back(where):
    assert where(lambda: run(lambda: 42)).value == 42


@WHERE
def test_an_endless_loop_is_cut_off(where):
    def loop():
        while True:
            pass

    began = time.monotonic()
    ran = where(lambda: run(loop, 0.2))
    assert time.monotonic() - began < 20  # the loop would run for ever
    assert ran.failure.kind == "TimeUp"
    assert "still running after 0.2 s" in ran.failure.message


@WHERE
def test_a_loop_that_catches_everything_is_cut_off(where):
    def stubborn():
        while True:
            try:  # noqa: SIM105
                sum(range(100))
            except Exception:
                pass

    assert where(lambda: run(stubborn, 0.2)).failure.kind == "TimeUp"


def test_a_loop_that_catches_even_the_alarm_is_cut_off():
    def stubborn():
        while True:
            try:  # noqa: SIM105
                sum(range(100))
            except BaseException:
                pass

    assert run(stubborn, 0.2).failure.kind == "TimeUp"


def test_a_python_with_neither_alarm_nor_threads_still_runs_the_code(monkeypatch):
    """As in a browser: no `setitimer`, and a thread that cannot start."""

    def no_threads(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.delattr(signal, "setitimer", raising=False)
    monkeypatch.setattr(threading.Thread, "start", no_threads)
    assert run(lambda: 6 * 7, 0.2).value == 42
    assert run(lambda: 1 / 0, 0.2).failure.kind == "ZeroDivisionError"


@ALARM
def test_the_alarm_that_was_there_comes_back():
    def ring(number, frame):
        raise AssertionError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 100)
        run(lambda: 1)
        assert signal.getsignal(signal.SIGALRM) is ring
        assert 90 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_no_alarm_rings_after_the_code_has_ended():
    run(lambda: None, 0.05)
    time.sleep(0.1)


@WHERE
def test_output_and_warnings_are_swallowed(where, capsys):
    def noisy():
        print("out")
        print("err", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return np.log(np.array([0.0]))

    before = sys.stdout
    assert where(lambda: run(noisy)).failure is None
    assert sys.stdout is before
    assert capsys.readouterr() == ("", "")


@WHERE
def test_exit_does_not_end_the_session(where):
    assert where(lambda: run(sys.exit)).failure.kind == "SystemExit"


def test_ctrl_c_passes_through():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(interrupted)


def test_the_message_shows_the_learners_own_line():
    def dense_backward(dy, x, W):
        dx = dy @ W.T
        dW = dy @ x  # the line that fails
        return dx, dW, dy.sum(axis=0)

    verdict = check("05.7", dense_backward)
    assert verdict.status is Status.ERROR
    text = str(verdict)
    assert "Your code raised ValueError at line" in text
    assert "`dW = dy @ x  # the line that fails`" in text
    assert "First seen with a batch of 5: dy (5, 2), x (5, 3), W (3, 2)." in text


def test_the_learners_line_is_found_below_numpys():
    def softmax(z):
        return np.concatenate([z, z[0]])  # inside NumPy's own Python code or C

    assert "np.concatenate" in str(check("03.5", softmax))


def test_an_endless_answer_gets_a_verdict(monkeypatch):
    from dataclasses import replace

    from bplearn.exercises import ALL

    monkeypatch.setitem(ALL, "01.2", replace(ALL["01.2"], seconds=0.2))

    def neuron(x, w, b):
        while True:
            pass

    began = time.monotonic()
    verdict = check("01.2", neuron)
    assert time.monotonic() - began < 20  # the loop would run for ever
    assert verdict.status is Status.ERROR
    assert "Does a loop never end?" in str(verdict)


def test_checks_work_off_the_main_thread():
    assert in_thread(lambda: check("01.2", lambda x, w, b: 1 / (1 + np.exp(-(x @ w + b))))).passed
    assert in_thread(lambda: check("01.2", lambda x, w, b: x @ w + b)).mistakes == ("activation-forgotten",)


def test_arguments_are_copies_whatever_is_done_to_them():
    kept = []

    def relu_backward(dy, z):
        kept.append(dy)
        dz = dy * (z > 0)
        for old in kept:
            old[...] = 99
        return dz

    assert check("05.8", relu_backward).mistakes == ("argument-changed",)
    assert check("05.8", lambda dy, z: dy * (z > 0)).passed


def test_the_learners_own_array_is_not_changed():
    answer = np.array([-0.044581, 0.133902])
    before = answer.copy()
    assert check("05.1", answer).passed
    np.testing.assert_array_equal(answer, before)


def test_changed():
    arguments = (np.arange(3.0), [1, {"a": np.ones(2)}], "text", 1.5, lambda: 0)
    twin = copies(arguments)
    assert not changed(arguments, twin)
    twin[1][1]["a"][0] = 2
    assert changed(arguments, twin)
    assert changed((np.zeros(2),), (np.zeros(3),))
    assert changed({"a": 1}, {"b": 1})
    assert not changed((np.ones(2),), (np.ones(2) + 1e-16,))
