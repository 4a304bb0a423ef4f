"""Live panels for JupyterLab: each function returns a widget to look at, to work, and to take apart.

The logic of a panel is a plain class (`panel.logic`); `bplearn.panels.base.panel` says how a new panel is made.
First met in notebooks/00_start_here.ipynb.
"""

from bplearn.panels.base.panel import Panel
from bplearn.panels.draw.view import draw_digit
from bplearn.panels.graph.view import graph_steps
from bplearn.panels.lab.view import training_lab
from bplearn.panels.landscape.logic import SURFACES, Landscape, own_surface
from bplearn.panels.landscape.view import landscape
from bplearn.panels.neuron.view import neuron
from bplearn.panels.noise.view import batch_noise
from bplearn.panels.predict.view import predict
from bplearn.panels.quiz.view import quiz
from bplearn.panels.signals.view import signals
from bplearn.panels.stepper.view import step_through
from bplearn.panels.sweep.view import sweep_panel
from bplearn.panels.tracer.view import trace_panel

__all__ = [
    "SURFACES",
    "Landscape",
    "Panel",
    "batch_noise",
    "draw_digit",
    "graph_steps",
    "landscape",
    "neuron",
    "own_surface",
    "predict",
    "quiz",
    "signals",
    "step_through",
    "sweep_panel",
    "trace_panel",
    "training_lab",
]
