"""The examples in the docstrings run as they stand, and every public name has what the house asks for."""

import ast
import doctest
import importlib
import inspect
import json
import pkgutil
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import bplearn
from bplearn import autograd
from tests.contracts import layers_of_today as today

ROOT = Path(bplearn.__file__).parents[1]
KINDS = ("code", "markdown")
MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(bplearn.__path__, "bplearn.")
    if not info.name.endswith("__main__") and "._" not in info.name
)
PUBLIC = {name: getattr(bplearn, name) for name in bplearn.__all__}
DESCRIBED = {
    name: thing
    for name, thing in PUBLIC.items()
    if not inspect.ismodule(thing) and not (isinstance(thing, type) and issubclass(thing, Exception))
}


@pytest.mark.parametrize("name", ["bplearn", *MODULES])
def test_the_examples_of_a_module_run_as_they_stand(name, in_empty_folder):
    module = importlib.import_module(name)
    scope = {**PUBLIC, **vars(module), "np": np}
    with np.printoptions():  # an example may not change how numbers look in the next one
        result = doctest.testmod(module, globs=scope, optionflags=doctest.REPORT_NDIFF)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
    assert result.failed == 0, f"{result.failed} of {result.attempted} examples in {name} fail: see above"


def test_examples_are_found_at_all():
    """A runner that finds nothing would pass everything."""
    found = doctest.DocTestFinder().find(bplearn.layers.activations, globs={})
    assert sum(bool(test.examples) for test in found) >= 9


def words_of_notebooks():
    """For each notebook its code, and what stands between backticks in its text."""
    words = {}
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = {kind: "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == kind) for kind in KINDS}
        words[f"notebooks/{path.name}"] = texts["code"] + "\n" + " ".join(re.findall(r"`([^`\n]+)`", texts["markdown"]))
    return words


def references(node, inside_class=False):
    """Each "Introduced in:" below a node of a file: the name, whether it is a method, the notebook it names."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            for target in re.findall(r"Introduced in: (\S+)", ast.get_docstring(child) or ""):
                yield child.name, inside_class, target
        yield from references(child, isinstance(child, ast.ClassDef))


def untrue(source, words):
    """The references whose notebook never uses the name (a method: never calls it)."""
    return [
        f"{name}: {target}"
        for name, is_method, target in references(ast.parse(source))
        if not re.search(rf"\.{name}\b" if is_method else rf"(?<![\w.]){name}\b", words.get(target, ""))
    ]


def test_introduced_in_names_a_notebook_that_uses_the_name():
    words = words_of_notebooks()
    found = {path: untrue(path.read_text(encoding="utf-8"), words) for path in (ROOT / "bplearn").rglob("*.py")}
    assert {path.name: lines for path, lines in found.items() if lines} == {}


def test_every_notebook_that_is_named_is_there():
    there = {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "bplearn").rglob("*.py")}
    named = {name for source in sources.values() for name in re.findall(r"notebooks/[0-9]{2}_\w+\.ipynb", source)}
    assert named - there - {"notebooks/01_x.ipynb"} == set()


@pytest.mark.parametrize("name", [*(kind.__name__ for kind in today.BUILD), "Tensor", "no_grad"])
def test_what_part_two_introduces_says_so(name):
    thing = getattr(bplearn, name, None) or getattr(autograd, name)
    assert re.search(r"Introduced in: notebooks/1[5-8]_\w+\.ipynb", thing.__doc__)


def test_an_untrue_reference_is_seen():
    words = {"notebooks/01_x.ipynb": "y = tanh(3)\nnet.step()"}
    source = 'def {}():\n    """Do.\n\n    Introduced in: notebooks/01_x.ipynb\n    """\n'
    assert untrue(source.format("tanh"), words) == []
    assert untrue(source.format("tan"), words) == ["tan: notebooks/01_x.ipynb"]
    assert untrue(source.format("step"), words) == ["step: notebooks/01_x.ipynb"]


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_public_name_shows_an_example_unless_nobody_builds_it_by_hand(name):
    thing = DESCRIBED[name]
    made_by_others = {"Step", "Tape", "TrainStep", "SweepResult"}
    if inspect.isabstract(thing) or name in made_by_others:
        pytest.skip("abstract, or made by the library")
    assert ">>> " in inspect.getdoc(thing)


def test_the_list_of_public_names_is_complete_and_sorted():
    assert len(set(bplearn.__all__)) == len(bplearn.__all__)
    assert all(hasattr(bplearn, name) for name in bplearn.__all__)
    with pytest.raises(AttributeError, match="module 'bplearn' has no attribute 'Dens'"):
        bplearn.Dens  # noqa: B018
    assert {"plotting", "widgets", "exercises"} <= set(dir(bplearn))
