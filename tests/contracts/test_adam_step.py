"""Adam's fast form, in one piece and in blocks, is the formula of notebook 13."""

import copy
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from bplearn import Adam
from bplearn.optimizers import adam_step


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 33, 40_000, 250_001])
def test_adam_is_the_formula_of_notebook_13_at_every_size(size, dtype):
    """The fast form, in one piece and in blocks, against the equations as they stand."""
    rng, optimizer = np.random.default_rng(size), Adam(0.01)
    m = s = np.zeros(size)
    for k in range(1, 6):
        g = rng.normal(size=size).astype(dtype)
        kept = g.copy()
        m, s, wanted = Adam.formula(m, s, g.astype(np.float64), k, 0.01, 0.9, 0.999, 1e-8)
        found = optimizer.delta(g, 0.01)
        assert found.dtype == dtype
        small = 1e-8 if dtype == np.float32 else 1e-17  # where a mean is nearly 0, its terms cancel
        np.testing.assert_allclose(found, wanted, rtol=1e-5 if dtype == np.float32 else 1e-12, atol=small)
        np.testing.assert_array_equal(g, kept)


def test_adam_gives_the_same_bits_in_blocks_in_one_piece_and_by_two_threads(monkeypatch):
    gradients = np.random.default_rng(0).normal(size=(4, 300_000))
    found = []
    for block, shared in ((10**9, 10**9), (4096, 10**9), (4096, 1), (65_536, 1)):
        monkeypatch.setattr(adam_step, "BLOCK", block)
        monkeypatch.setattr(adam_step, "SHARED", shared)
        optimizer = Adam(0.01)
        found.append([optimizer.delta(g, 0.01) for g in gradients])
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])


def test_what_the_caller_says_of_overflow_holds_in_both_threads():
    huge = np.full(400_000, 1e200)
    with np.errstate(over="ignore"):
        assert (Adam(0.01).delta(huge, 0.01) == 0).all()


def test_it_works_where_no_thread_can_be_started_and_in_a_forked_process(monkeypatch):
    gradient = np.random.default_rng(0).normal(size=300_000)
    wanted = Adam(0.01).delta(gradient, 0.01)

    def no_thread():
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(adam_step, "_second_thread", no_thread)
        np.testing.assert_array_equal(Adam(0.01).delta(gradient, 0.01), wanted)
    if hasattr(os, "fork"):
        child = "import os, numpy as np\nfrom bplearn import Adam\ng = np.ones(300_000)\nAdam().delta(g, 0.01)\n"
        child += "pid = os.fork()\nAdam().delta(g, 0.01)\n"
        child += "if pid: raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
        assert subprocess.run([sys.executable, "-W", "ignore", "-c", child], timeout=60).returncode == 0


@pytest.mark.parametrize("again", [copy.deepcopy, lambda optimizer: pickle.loads(pickle.dumps(optimizer))])
def test_a_copy_goes_on_by_itself(again):
    """A snapshot of a session is such a copy: steps in place must not reach it."""
    gradients = np.random.default_rng(0).normal(size=(3, 250_000))
    first = Adam(0.01)
    first.delta(gradients[0], 0.01)
    second = again(first)
    one = [first.delta(g, 0.01) for g in gradients[1:]]
    np.testing.assert_array_equal(one, [second.delta(g, 0.01) for g in gradients[1:]])
