"""No text lies on another or leaves its picture, in the states that work brings: measured by boxes in the browser."""

import functools

import numpy as np
import pytest

from bplearn import HalfSquaredError, ReLU, SoftmaxCrossEntropy, mlp
from bplearn.datasets import digits
from bplearn.explain.scalar import Value
from bplearn.panels.base.loss_picture import loss_curve
from bplearn.panels.graph.logic import GraphSteps
from bplearn.panels.graph.pictures import graph_picture
from bplearn.panels.lab.experiment import Experiment
from bplearn.panels.landscape.logic import Landscape
from bplearn.panels.landscape.pictures import cost_picture, map_picture
from bplearn.panels.neuron.logic import Neuron
from bplearn.panels.neuron.pictures import neuron_picture, slope_picture
from bplearn.panels.noise.pictures import arrows, histograms, walks
from bplearn.panels.signals.logic import SignalFlow
from bplearn.panels.signals.pictures import activations, gradients
from bplearn.panels.stepper.logic import UpdateSteps
from bplearn.panels.stepper.pictures import network_picture
from bplearn.panels.sweep.logic import SweepMap
from bplearn.panels.sweep.pictures import curve_picture
from bplearn.panels.sweep.pictures import map_picture as sweep_map
from bplearn.panels.tracer.logic import Tracer
from bplearn.panels.tracer.pictures import trace_network
from bplearn.panels.worked_example import worked_example
from bplearn.widgets import batch_noise

BOXES = """() => { const frame = document.querySelector('svg.bpl').getBoundingClientRect(); const bad = [];
  const all = [...document.querySelectorAll('svg.bpl text')].map(t => [t.textContent, t.getBoundingClientRect(), t]);
  for (const [words, box, node] of all) {
    const across = box.left < frame.left - 1 || box.right > frame.right + 1;
    if (across || box.bottom > frame.bottom + 2 || box.top < frame.top - 2) bad.push(`cut: ${words}`);
    if (parseFloat(getComputedStyle(node).fontSize) < 11) bad.push(`small: ${words}`);
  }
  for (let a = 0; a < all.length; a++) for (let b = a + 1; b < all.length; b++) {
    const [x, y] = [all[a][1], all[b][1]];
    const wide = Math.min(x.right, y.right) - Math.max(x.left, y.left);
    const high = Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top);
    if (wide > 1 && high > 4) bad.push(`${all[a][0]} | ${all[b][0]}`);
  }
  return bad; }"""


def worked_lab():
    session = Experiment(hidden=(4,)).build()
    session.epoch(30)
    session.rewind(7)
    other = Experiment(hidden=(4,), learning_rate=0.5).build().epoch(40).history
    pins = [("learning rate 0.5, batch size 32", other), ("b", other), ("a name that somebody typed in", other)]
    return loss_curve(session, pins)


def flowing():
    walk = UpdateSteps(worked_example())
    while not walk.streams() or walk.streams()[0][0] != 2:
        walk.next("layer")
    return network_picture(walk)


def stepped(steps, numbers=None):
    walk = UpdateSteps(worked_example())
    if numbers:
        walk = UpdateSteps(worked_example(), numbers, [0.012345, 0.98765])
    walk.finish(1)
    for _ in range(steps):
        walk.next()
    return network_picture(walk)


@functools.cache
def sweep():
    chart = SweepMap(Experiment("moons", (8,), batch_size=None), epochs=2).finish()
    chart.select(0, len(chart.batch_sizes) - 1)
    return chart


def long_graph():
    w, x, b = Value(-1234.5, name="w"), Value(0.0123456, name="x"), Value(-98765.4, name="b")
    return GraphSteps((w * x + b).tanh() * w).go(99)


def digits_tracer():
    data = digits()
    return Tracer(mlp(64, 16, 10, activation=ReLU, rng=0), data.x[:5], data.targets[:5], SoftmaxCrossEntropy())


PICTURES = {
    "stepper after an iteration and 42 steps": lambda: stepped(42),
    "stepper, update with long numbers": lambda: stepped(36, [-0.0123456, 0.1098765]),
    "stepper, the error flows back": flowing,
    "signals, 30 layers, activations": lambda: activations(SignalFlow("normal(0.01)", "Tanh", depth=30)),
    "signals, 30 layers, gradients": lambda: gradients(SignalFlow("normal(0.01)", "Tanh", depth=30)),
    "signals, saturated": lambda: activations(SignalFlow("normal(1)", "Tanh", depth=30)),
    "lab with three pins, gone back": worked_lab,
    "race off the map": lambda: map_picture(Landscape("ravine", 3.0, race=True).step(8)),
    "race, all at the start": lambda: map_picture(Landscape("ravine", 0.08, race=True)),
    "race, costs": lambda: cost_picture(Landscape("ravine", 3.0, race=True).step(30)),
    "tiny costs": lambda: cost_picture(Landscape("bowl", 0.5).step(40)),
    "neuron with long numbers": lambda: neuron_picture(Neuron([-0.012345, 123.456], [-1234.5, 0.98765], -98765.4)),
    "slope with long numbers": lambda: slope_picture(Neuron([-0.012345, 123.456], [-1234.5, 0.98765], -98765.4)),
    "batches": lambda: arrows(batch_noise(batch_size=1).logic),
    "walks": lambda: walks(batch_noise(batch_size=64).logic),
    "histograms": lambda: histograms(batch_noise(batch_size=1).logic),
    "sweep, full": lambda: sweep_map(sweep()),
    "sweep, the chosen curve": lambda: curve_picture(sweep()),
    "sweep, fresh": lambda: sweep_map(SweepMap(Experiment("moons", (8,)))),
    "graph with long numbers": lambda: graph_picture(long_graph()),
    "tracer on digits": lambda: trace_network(digits_tracer()),
    "tracer": lambda: trace_network(Tracer(worked_example(), [[0.05, 0.1]], [[0.01, 0.99]], HalfSquaredError())),
}


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_lies_on_another(page, name):
    with np.errstate(over="ignore"):
        picture = PICTURES[name]()
    page.set_content(f'<div style="width:{picture.width}px">{picture.text("x")}</div>')
    assert page.evaluate(BOXES) == []
