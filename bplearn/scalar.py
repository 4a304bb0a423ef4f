"""The public door of `bplearn.explain.scalar`: one number that knows where it came from.

Notebooks and users import from here; the package itself imports from `bplearn.explain.scalar`.
"""

from bplearn.explain.scalar import Value, derivatives, graph_nodes, topological_order
from bplearn.explain.scalar.paths import paths
from bplearn.explain.scalar.steps import draw_backward

__all__ = ["Value", "derivatives", "draw_backward", "graph_nodes", "paths", "topological_order"]
