"""The arithmetic profiles do what they say: the nudge is tiny and repeats itself, and a chaotic training is caught."""

import subprocess
import sys
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from tests.notebooks import __main__ as tool
from tests.notebooks import last_digit, profiles, stopwatch
from tests.notebooks.__main__ import ROOT, execute, start_up
from tests.notebooks.normal_form import normalize

NUMBERS = np.random.default_rng(0).normal(size=(50, 40)) * 10.0 ** np.arange(-20, 20)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_nudge_is_at_most_two_units_in_the_last_place_and_moves_most_numbers(dtype, seed):
    numbers = NUMBERS.astype(dtype)
    moved = last_digit.nudged(numbers, seed)
    assert (moved.dtype, moved.shape) == (numbers.dtype, numbers.shape)
    units = (moved - numbers) / np.spacing(np.abs(numbers))
    assert 1 <= np.abs(units).max() <= 4  # a unit counts double just below a power of two
    assert np.abs(units[np.abs(units) <= 2]).size > 0.99 * units.size
    assert (units != 0).mean() > 0.6
    assert abs(units.mean()) < 0.1


def test_equal_numbers_get_equal_nudges_whatever_stands_beside_them_and_another_seed_gives_others():
    one = last_digit.nudged(NUMBERS, 1)
    assert np.array_equal(one, last_digit.nudged(NUMBERS, 1))
    assert np.array_equal(one.T, last_digit.nudged(NUMBERS.T, 1))
    assert np.array_equal(one[3:5, ::2], last_digit.nudged(NUMBERS[3:5, ::2], 1))
    assert (one != last_digit.nudged(NUMBERS, 2)).mean() > 0.5


def test_what_has_no_last_digit_to_spare_stays():
    least, most = np.finfo(float).tiny, np.finfo(float).max
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, least, -least])
    assert special.tobytes() == last_digit.nudged(special, 1).tobytes()
    assert np.isfinite(last_digit.nudged(np.array([most / 2, -most / 2]), 1)).all()
    assert last_digit.nudged(np.arange(3), 1).tolist() == [0, 1, 2]


def small(*sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{place}") for place, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=cells)


STEADY = """\
from bplearn import SGD, Dense, MeanSquaredError, Sequential, fit
network, settings = Sequential(Dense(1, 1, rng=0)), {"epochs": 9, "progress": False}
history = fit(network, [[1.0]], [[2.0]], loss=MeanSquaredError(), optimizer=SGD(0.1), **settings)
round(history.epoch_loss[-1], 4)
"""
CHAOTIC = """\
from bplearn import Parameter
from bplearn.parameter import ParameterVector
vector = ParameterVector([Parameter([0.3], "w")])
for _ in range(100):  # the logistic map: each step doubles a difference
    vector.replace_grads([4 * vector.value * (1 - vector.value)])
    vector.replace(vector.grad.copy())
round(vector.value.item(), 2)
"""
CHAOTIC_TENSOR = """\
from bplearn.autograd import Tensor
x = 0.3
for _ in range(100):  # the same map, as the slope of 2 w^2 - 4/3 w^3
    w = Tensor(x, requires_grad=True)
    (2 * w**2 - 4 / 3 * w**3).backward()
    x = w.grad
round(float(x), 2)
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook of three trainings with its outputs, as this machine computes them."""
    path = tmp_path_factory.mktemp("profiles") / "01_small.ipynb"
    nbformat.write(small(STEADY, CHAOTIC, CHAOTIC_TENSOR), path)
    path.write_text(normalize(execute(path)), encoding="utf-8")
    return path


def test_last_digit_catches_a_chaotic_training_and_passes_a_steady_one(notebook):
    done = profiles.run("last-digit-2", [notebook], ["-q", "-p", "no:cacheprovider"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "2 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "Cell 1: Cell outputs differ" in done.stdout
    assert "Cell 2: Cell outputs differ" in done.stdout


def test_the_plain_profile_passes_them_all(notebook):
    done = profiles.run("plain", [notebook], ["-q", "-p", "no:cacheprovider"], capture_output=True, text=True)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_no_simd_leaves_numpy_nothing_to_choose_and_one_thread(tmp_path):
    ask = "import numpy, os; from tests.notebooks.profiles import chosen_at_run_time as found; "
    ask += "print(found(), os.environ['OPENBLAS_NUM_THREADS'], os.environ['BPLEARN_PROFILE'])"
    env = profiles.os.environ | profiles.environment("no-simd", tmp_path)
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, cwd=ROOT, env=env, check=True)
    assert (said.stdout, said.stderr) == ("[] 1 no-simd\n", "")


def test_doctests_are_nudged_too_and_a_profile_by_another_name_is_refused():
    words = " ".join(profiles.command("last-digit-1"))
    assert " -p tests.notebooks.last_digit " in words
    assert words.endswith(" ".join(profiles.BESIDES))
    with pytest.raises(SystemExit, match="Name a profile: plain, no-simd, last-digit-1, last-digit-2"):
        profiles.main(["simd"])


# Times


def test_the_stopwatch_counts_work_and_not_waiting(tmp_path):
    path, file = tmp_path / "01_small.ipynb", tmp_path / "seconds.txt"
    wait = "import time\ntime.sleep(0.5)"
    work = "end = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {'import time; ' + work!r}])"
    nbformat.write(small(wait, work, child), path)
    execute(path, **start_up(tmp_path / "ipython", stopwatch, str(file)))
    waited, worked, others = map(float, file.read_text().split())
    assert waited < 0.3
    assert 0.5 <= worked < 1
    assert others >= 0.5


def test_the_table_of_times_is_sorted_and_says_what_is_over_its_limit(monkeypatch, tmp_path, capsys):
    training = SimpleNamespace(cell_type="code", metadata={"tags": ["long-training"]})
    cell = SimpleNamespace(cell_type="code", metadata={})
    monkeypatch.setattr(tool.nbformat, "read", lambda *_, **__: SimpleNamespace(cells=[cell, training]))
    took = {"01_a.ipynb": [0.5, 6.0], "02_b.ipynb": [5.5, 20.0]}
    monkeypatch.setattr(tool, "times", lambda path: took[path.name])
    assert tool.table_of_times([tmp_path / name for name in took]) == 2
    assert capsys.readouterr().out.splitlines() == [
        "  25.5 s  02_b.ipynb: over 25 s",
        "   6.5 s  01_a.ipynb",
        "  20.0 s  02_b.ipynb code cell 1",
        "   6.0 s  01_a.ipynb code cell 1",
        "   5.5 s  02_b.ipynb code cell 0: over 5 s",
        "  32.0 s in all; cells under 1 s are left out",
    ]
    assert tool.limits(tmp_path / "15_part_two.ipynb") == (40, [5, 20])
