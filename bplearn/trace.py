"""The public door of `bplearn.explain.trace`: from the total error back to one weight.

Notebooks and users import from here; the package itself imports from `bplearn.explain.trace`.
"""

from bplearn.explain.trace import WeightTrace, blame, strongest_weights, trace_weight

__all__ = ["WeightTrace", "blame", "strongest_weights", "trace_weight"]
