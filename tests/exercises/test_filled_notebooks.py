"""Every notebook with all its stubs filled by tested solutions: it runs top to bottom, and every check passes.

With all stubs empty the notebooks are run by nbval: that is their committed form, and each output is compared. So only
the cells run here that a filled stub can change, and what these need.
"""

import functools
import json
import re
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from bplearn.exercises import ALL
from bplearn.exercises.chapters.questions import due
from tests.exercises.fill import asked_by_quiz, checks_in, fill, names, panel_in, with_needed

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[01][0-9]_*.ipynb"))


def cells(path):
    return [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]


def asked(path):
    return [pair for cell in cells(path) for pair in checks_in("".join(cell["source"]))]


def closing(path):
    """The numbers of the recall questions that a notebook's cells ask."""
    found = []
    for source in ("".join(cell["source"]) for cell in cells(path)):
        kind, which = panel_in(source)
        found += re.findall(r'"(\d\d\.r\d)": \.\.\.', source)
        if kind == "quiz":
            found += [one.number for one in asked_by_quiz(which)]
    return found


WITH_EXERCISES = [path for path in NOTEBOOKS if asked(path)]


def touched(sources):
    """The places of the cells that a filled stub can change, and of those that these need.

    All other cells give what they give with empty stubs, and nbval runs those.
    """
    filled, chosen = set(), set()
    for place, source in enumerate(sources):
        stored, used = names(source)
        if checks_in(source) or panel_in(source)[0] or used & filled:
            chosen.add(place)
            filled |= stored
    return with_needed(sources, chosen)


@functools.cache
def filled_and_run(path):
    """[(source as committed, what the filled cell showed)] of the cells that a filled stub can change."""
    sources = ["".join(cell["source"]) for cell in cells(path)]
    sources = [sources[place] for place in touched(sources)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(fill(source)) for source in sources])
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("BPLEARN_PROGRESS", f"{folder}/progress.json")
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": folder}}).execute()
    shown = ("".join(o.get("data", {}).get("text/plain", "") for o in cell.outputs) for cell in notebook.cells)
    return list(zip(sources, shown, strict=True))


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # the kernel's own libraries
def test_with_every_stub_filled_all_checks_pass(path):
    ran = filled_and_run(path)
    assert sum(len(checks_in(source)) for source, _ in ran) == len(asked(path))
    for source, shown in ran:
        for number, _ in checks_in(source):
            assert re.search(rf"✓ {re.escape(number)} .*: passed", shown), (number, shown)
        panel, which = panel_in(source)
        if panel == "predict":
            assert shown.startswith("'Right"), (which, shown)
        if panel == "quiz":
            count = len(asked_by_quiz(which))
            assert shown == f"'{count} of {count} right'"


@pytest.mark.filterwarnings("ignore")
def test_the_network_of_notebook_09_agrees_with_the_library_to_rounding():
    ran = filled_and_run(ROOT / "notebooks/09_write_your_own_backprop.ipynb")
    shown = "".join(text for _, text in ran)
    differences = [float(number) for number in re.findall(r"largest difference to yours: ([^']+)'", shown)]
    assert len(differences) == 4
    assert max(differences) < 1e-10


def test_what_a_filled_stub_can_change():
    sources = ["import numpy as np", "a = 1", "b = np.ones(2)", 'c = ...\ncheck("01.1", c)', "d = b + c", "e = a"]
    assert touched(sources) == [0, 2, 3, 4]


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=lambda path: path.stem)
def test_committed_stubs_are_empty_and_say_so(path):
    for cell in cells(path):
        for number, _ in checks_in("".join(cell["source"])):
            shown = "".join("".join(output.get("data", {}).get("text/plain", "")) for output in cell["outputs"])
            assert f"○ {number} " in shown or not cell["outputs"]


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=lambda path: path.stem)
def test_a_notebook_asks_every_exercise_of_its_own_once_and_in_order(path):
    numbers = [number for number, _ in asked(path) if number in ALL]
    assert numbers == [number for number in ALL if number[:2] == path.name[:2]]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_ends_with_its_own_questions_and_those_of_two_notebooks_before(path):
    own, again = due(path.name[:2])
    assert closing(path)[: len(own) + len(again)] == [*own, *again]


def test_fill():
    stub = 'def my_relu(dy, z):\n    return ...\n\n\ncheck("05.8", my_relu)'
    filled = fill(stub)
    assert "def my_relu(dy, z):" in filled
    assert "..." not in filled
    assert filled.endswith('check("05.8", my_relu)')
    assert fill('a = ...\ncheck("01.3", a)') == "a = 'b'\ncheck(\"01.3\", a)"
    assert fill("%matplotlib inline") == "%matplotlib inline"
    assert fill('predict("04.p1")').endswith("_panel.logic.commit('by 0.005').words")
    assert fill("quiz(1)").endswith("_panel.logic.score()")
    assert panel_in("x = quiz(1)") == (None, None)
