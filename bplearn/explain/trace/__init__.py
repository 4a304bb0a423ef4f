"""From the total error back to one weight: every path, every factor, and who carries the blame.

Taught in notebooks/06_trace_one_weight.ipynb.
"""

from bplearn.explain.trace.blame import blame, strongest_weights
from bplearn.explain.trace.weight import WeightTrace, trace_weight

__all__ = ["WeightTrace", "blame", "strongest_weights", "trace_weight"]
