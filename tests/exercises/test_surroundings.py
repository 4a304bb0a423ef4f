"""What an answer's code changes around it is put back, and nothing in it ends the kernel."""

import builtins
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest

from bplearn.exercises import Status, check
from bplearn.exercises.engine.runner import run
from bplearn.exercises.engine.surroundings import DEEPEST


def test_what_the_code_changes_is_put_back(tmp_path, monkeypatch):
    monkeypatch.setenv("KNOWN", "as it was")
    recursion, folder, sin, size = sys.getrecursionlimit(), os.getcwd(), np.sin, builtins.len  # noqa: PTH109
    streams, errors, printing, filters = (sys.stdin, sys.stdout, sys.stderr), *_numpy(), list(warnings.filters)

    def neuron(x, w, b):
        os.chdir(tmp_path)
        os.environ["KNOWN"] = "changed"
        os.environ["NEW"] = "1"
        sys.setrecursionlimit(900)
        np.seterr(all="raise")
        np.seterrcall(print)
        np.set_printoptions(precision=1, suppress=True)
        np.sin = builtins.len = np.random.rand = lambda *_: 0
        builtins.left_behind = 1
        warnings.simplefilter("error")
        sys.stdin = sys.stdout = sys.stderr = None
        return 0.0

    check("01.2", neuron)
    assert os.getcwd() == folder  # noqa: PTH109
    assert os.environ["KNOWN"] == "as it was"
    assert "NEW" not in os.environ
    assert sys.getrecursionlimit() == recursion
    assert (np.sin, builtins.len, hasattr(builtins, "left_behind")) == (sin, size, False)
    assert (sys.stdin, sys.stdout, sys.stderr) == streams
    assert _numpy() == (errors, printing)
    assert warnings.filters == filters
    assert np.random.rand() < 1


def _numpy():
    return np.geterr(), {**np.get_printoptions(), "call": np.geterrcall()}


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm on this system")
@pytest.mark.parametrize(
    "switch_off",
    [
        lambda: signal.setitimer(signal.ITIMER_REAL, 0),
        lambda: signal.alarm(0),
        lambda: signal.signal(signal.SIGALRM, signal.SIG_IGN),
        lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM}),
        lambda: setattr(signal, "signal", None),
    ],
)
def test_an_answer_cannot_switch_the_time_limit_off(switch_off):
    before = signal.setitimer, signal.alarm, signal.signal, signal.getsignal(signal.SIGALRM)

    def endless():
        switch_off()
        while True:
            pass

    assert run(endless, 0.1).failure.kind == "TimeUp"
    assert (signal.setitimer, signal.alarm, signal.signal, signal.getsignal(signal.SIGALRM)) == before


def test_random_numbers_go_on_as_if_no_check_had_been():
    def draws():
        return np.random.rand(), random.random()

    np.random.seed(3)
    random.seed(3)
    expected = draws()
    np.random.seed(3)
    random.seed(3)
    check("01.2", lambda x, w, b: np.random.rand() + random.random() + 0 * np.random.seed(1))
    assert draws() == expected


def test_numpys_warnings_are_on_after_a_time_out():
    def endless(x):
        while True:
            with np.errstate(all="ignore"):
                x = x + 1

    before = np.geterr()
    for _ in range(10):
        assert run(lambda: endless(np.ones(3)), 0.05).failure.kind == "TimeUp"
        assert np.geterr() == before


def test_checks_in_two_threads_leave_the_streams_alone():
    streams = sys.stdin, sys.stdout, sys.stderr, list(warnings.filters)

    def neuron(x, w, b):
        time.sleep(0.002)
        return 1 / (1 + np.exp(-(x @ w + b)))

    found = []
    threads = [threading.Thread(target=lambda: found.append(check("01.2", neuron).passed)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4
    assert (sys.stdin, sys.stdout, sys.stderr, list(warnings.filters)) == streams


def test_endless_recursion_ends_whatever_the_limit():
    def deep(n):
        return deep(n + 1)

    def neuron(x, w, b):
        sys.setrecursionlimit(10**9)
        return deep(0)

    began = time.monotonic()
    verdict = check("01.2", neuron)
    assert time.monotonic() - began < 20
    assert verdict.status is Status.ERROR
    assert "RecursionError" in verdict.headline
    sys.setrecursionlimit(10**6)  # in a cell above
    try:
        assert "RecursionError" in check("01.2", lambda x, w, b: deep(0)).headline
    finally:
        sys.setrecursionlimit(1000)
    assert DEEPEST < 10**5


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("no")


def test_what_cannot_be_said_is_said_so_and_what_is_long_is_cut():
    def neuron(x, w, b):
        raise Unspeakable

    def long(x, w, b):
        raise ValueError("a" * 10**6)

    assert "Its message cannot be shown." in str(check("01.2", neuron))
    assert len(str(check("01.2", long))) < 1000


def test_no_way_out_ends_the_process():
    for leave in (sys.exit, lambda: os._exit(3), lambda: builtins.exit(), lambda: builtins.quit()):
        stdin = sys.stdin
        assert run(leave).failure.kind == "SystemExit"
        assert sys.stdin is stdin


def test_exit_and_quit_do_not_end_the_kernel(tmp_path):
    """IPython's exit() raises nothing: it asks the shell to stop."""
    pytest.importorskip("IPython")
    script = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "import json\n"
        "shell = InteractiveShell.instance()\n"
        "asked = []\n"
        "shell.ask_exit = lambda: asked.append(1)\n"
        "cell = '''\n"
        "from bplearn.exercises import check, use_file\n"
        "use_file(FILE)\n"
        "def neuron(x, w, b): LEAVE()\n"
        "verdict = check('01.2', neuron)\n"
        "'''\n"
        "said = []\n"
        "for name in ('exit', 'quit'):\n"
        "    shell.run_cell(cell.replace('LEAVE', name))\n"
        "    said.append(shell.user_ns['verdict'].headline)\n"
        "shell.run_cell('exit()')\n"  # a learner who means it
        "print(json.dumps([len(asked), said]))\n"
    )
    script = script.replace("FILE", repr(str(tmp_path / "p.json")))
    made = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    asked, said = json.loads(made.stdout.splitlines()[-1])
    assert asked == 1
    assert all("SystemExit" in headline for headline in said)
