"""The public door to autograd for arrays: `from bplearn.autograd import Tensor, no_grad`.

`bplearn.explain.autograd` holds the code, each operation's backward beside its forward.
"""

from bplearn.explain.autograd import Tensor, no_grad, recorded
from bplearn.explain.tensor_graph import as_values

__all__ = ["Tensor", "as_values", "no_grad", "recorded"]
