"""Is this gradient right? Central differences, the report that names the mistake, and the error for each step h.

Taught in notebooks/10_check_your_gradients.ipynb.
"""

from bplearn.explain.gradcheck.check import check_gradients
from bplearn.explain.gradcheck.report import GradientReport
from bplearn.explain.gradcheck.step_sizes import h_curve

__all__ = ["GradientReport", "check_gradients", "h_curve"]
