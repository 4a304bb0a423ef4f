"""Live panels for JupyterLab: each function returns a widget to look at, to work, and to take apart.

The logic of a panel is a plain class (`panel.logic`); `bplearn.widgets.panel` says how a new panel is made.
First met in notebooks/00_start_here.ipynb.
"""

from bplearn.widgets.graph import graph_steps
from bplearn.widgets.lab import training_lab
from bplearn.widgets.landscape import landscape
from bplearn.widgets.neuron import neuron
from bplearn.widgets.noise import batch_noise
from bplearn.widgets.panel import Panel
from bplearn.widgets.predict import predict
from bplearn.widgets.quiz import quiz
from bplearn.widgets.signals import signals
from bplearn.widgets.stepper import step_through
from bplearn.widgets.sweep import sweep_panel
from bplearn.widgets.tracer import trace_panel

__all__ = [
    "Panel",
    "batch_noise",
    "graph_steps",
    "landscape",
    "neuron",
    "predict",
    "quiz",
    "signals",
    "step_through",
    "sweep_panel",
    "trace_panel",
    "training_lab",
]
