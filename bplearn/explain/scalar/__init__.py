"""`Value`, one number that knows where it came from: its graph, its chain rule, its paths, one step back at a time.

Taught in notebooks/04_chain_rule.ipynb.
"""

from bplearn.explain.scalar.value import Value, derivatives, graph_nodes, topological_order

__all__ = ["Value", "derivatives", "graph_nodes", "topological_order"]
