"""Figures that stand still: charts and maps in matplotlib, with `ax=`, and pictures of networks in SVG.

Each carries an alt text with its numbers (`alt_text(figure)`); a notebook shows the figure together with it.
First met in notebooks/00_start_here.ipynb.
"""

from bplearn.plotting.attention import plot_looks, plot_scores
from bplearn.plotting.boundary import plot_decision_boundary
from bplearn.plotting.curves import plot_loss
from bplearn.plotting.functions import plot_functions, plot_nudge
from bplearn.plotting.images import plot_confusion, plot_images
from bplearn.plotting.input_gradient import plot_input_gradient
from bplearn.plotting.landscape import plot_landscape
from bplearn.plotting.network import plot_network
from bplearn.plotting.notebook import alt_text, register, show_figure
from bplearn.plotting.number_grids import plot_broadcast, plot_layer, plot_weight_gradient
from bplearn.plotting.paths import plot_walks
from bplearn.plotting.signals import plot_activations, plot_gradients
from bplearn.plotting.step_sizes import plot_h_curve, plot_step_sizes
from bplearn.plotting.style import style
from bplearn.plotting.sweeps import plot_sweep
from bplearn.plotting.trace import plot_trace
from bplearn.show.picture import Picture

register()

__all__ = [
    "Picture",
    "alt_text",
    "plot_activations",
    "plot_broadcast",
    "plot_confusion",
    "plot_decision_boundary",
    "plot_functions",
    "plot_gradients",
    "plot_h_curve",
    "plot_images",
    "plot_input_gradient",
    "plot_landscape",
    "plot_layer",
    "plot_looks",
    "plot_loss",
    "plot_network",
    "plot_nudge",
    "plot_scores",
    "plot_step_sizes",
    "plot_sweep",
    "plot_trace",
    "plot_walks",
    "plot_weight_gradient",
    "show_figure",
    "style",
]
