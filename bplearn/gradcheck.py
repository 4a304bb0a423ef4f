"""The public door of `bplearn.explain.gradcheck`: is this gradient right?

Notebooks and users import from here; the package itself imports from `bplearn.explain.gradcheck`.
"""

from bplearn.explain.gradcheck import GradientReport, check_gradients, h_curve
from bplearn.explain.gradcheck.differences import central_difference

__all__ = ["GradientReport", "central_difference", "check_gradients", "h_curve"]
