"""The recipe for a new layer in the guide for contributors, run exactly as it is printed there."""

import importlib.util
import re
import sys
import textwrap
import types
from pathlib import Path

import numpy as np
import pytest

from bplearn import SGD, BinaryCrossEntropy, Dense, Sequential, check_gradients, datasets, fit, layers, trace_weight
from bplearn.panels import choices
from bplearn.panels.lab import experiment
from bplearn.sweeps.stacked import can_stack

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPE = PAGE[PAGE.index("## A new layer") : PAGE.index("## Tests")]
CODE, ENTRIES = (textwrap.dedent(block) for block in re.findall(r"```python\n(.*?)```", RECIPE, re.DOTALL))


@pytest.fixture(scope="module")
def contract():
    """The contract as it is once the recipe's class and its three entries are written into the package and the file."""
    with pytest.MonkeyPatch.context() as patch:
        module = types.ModuleType("recipe_of_swish")
        patch.setitem(sys.modules, module.__name__, module)
        exec(compile(CODE, "CONTRIBUTING.md", "exec"), vars(module))
        patch.setattr(layers, "Swish", module.Swish, raising=False)
        source = (HERE / "test_layers.py").read_text(encoding="utf-8")
        entries = re.split(r"^# in ([A-Z]+)\n", ENTRIES, flags=re.MULTILINE)[1:]
        for name, lines in zip(entries[::2], entries[1::2], strict=True):
            opening = re.search(rf"^{name} = [\[{{]", source, re.MULTILINE)[0]
            source = source.replace(opening, f"{opening}\n{lines}", 1)
        spec = importlib.util.spec_from_loader("contract_with_swish", loader=None)
        written = importlib.util.module_from_spec(spec)
        patch.setitem(sys.modules, spec.name, written)
        exec(compile(source, "test_layers.py", "exec"), vars(written))
        yield written


def test_the_contract_finds_the_new_layer_and_all_its_entries(contract):
    contract.test_no_layer_is_forgotten()
    assert layers.Swish in contract.KINDS
    assert sum(type(layer) is layers.Swish for layer in contract.VARIANTS) == 1
    assert len(contract.PLANTED[layers.Swish]) == 4


@pytest.mark.parametrize("start", [None, 0.5])
def test_the_contract_accepts_the_layer(contract, start):
    kind = layers.Swish if start is None else layers.Swish(start)
    for check in contract.CHECKS:
        contract.test_every_layer_keeps_the_contract(kind=kind, check=check)
    contract.test_repr_and_pickle(kind)


def test_the_layer_works_on_a_stack_of_networks(contract):
    contract.test_a_leading_axis_is_a_stack_of_networks(layers.Swish)


def test_the_contract_rejects_each_planted_error(contract):
    plants = [plant.values for plant in contract.PLANTS if plant.values[0] is layers.Swish]
    assert len(plants) == len(contract.EVERYWHERE) + 4
    for plant in plants:
        contract.test_the_contract_rejects_each_planted_error(*plant)
    contract.test_a_wrapped_layer_without_an_error_passes(layers.Swish)


def test_the_layer_is_all_that_a_notebook_needs(contract, tmp_path, monkeypatch):
    data, loss = datasets.moons(60, rng=0), BinaryCrossEntropy()
    network = Sequential(Dense(2, 4, rng=0), layers.Swish(0.5), Dense(4, 1, rng=1))
    assert check_gradients(network, data.x, data.targets, loss).passed
    assert trace_weight(network, data.x, data.targets, loss, layer=0, index=(1, 2)).check().verdict == "agree"
    history = fit(network, data, loss=loss, optimizer=SGD(0.5), epochs=5, rng=0, progress=False)
    assert history.epoch_loss[-1] < history.epoch_loss[0]
    assert network[1].beta.value.item() != 0.5, "beta is learned"
    network.save(tmp_path / "network.npz")
    again = Sequential.load(tmp_path / "network.npz", layers=(layers.Swish,))
    np.testing.assert_array_equal(again(data.x), network(data.x))
    assert not can_stack(network, SGD(0.1), loss), "typed in a cell it is trained one by one"
    monkeypatch.setattr(layers.Swish, "__module__", "bplearn.layers.swish")
    assert can_stack(network, SGD(0.1), loss)
    own = experiment.Experiment("moons", hidden=(4,), activation=layers.Swish).build()
    assert isinstance(own.network[1], layers.Swish)


def test_the_list_that_the_recipe_names_is_there():
    assert f"`{choices.__name__.replace('.', '/')}.py`" in RECIPE
    assert "Tanh" in choices.ACTIVATIONS
