"""The examples in the docstrings run as they stand, and every public name has what the house asks for."""

import doctest
import importlib
import inspect
import pkgutil
import sys

import numpy as np
import pytest

import bplearn

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


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_public_name_says_which_notebook_introduces_it(name):
    assert "Introduced in: notebooks/" in inspect.getdoc(DESCRIBED[name])


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_public_name_shows_an_example_unless_nobody_builds_it_by_hand(name):
    thing = DESCRIBED[name]
    made_by_others = {"Step", "Tape", "TrainStep", "Phase", "SweepResult"}
    if inspect.isabstract(thing) or name in made_by_others:
        pytest.skip("abstract, or made by the library")
    assert ">>> " in inspect.getdoc(thing)


def test_the_list_of_public_names_is_complete_and_sorted():
    assert len(set(bplearn.__all__)) == len(bplearn.__all__)
    assert all(hasattr(bplearn, name) for name in bplearn.__all__)
    with pytest.raises(AttributeError, match="module 'bplearn' has no attribute 'Dens'"):
        bplearn.Dens  # noqa: B018
    assert {"plotting", "widgets", "exercises"} <= set(dir(bplearn))
