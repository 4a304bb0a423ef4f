"""The public door to autograd for arrays: `from bplearn.autograd import Tensor, no_grad`.

`bplearn.explain.autograd` holds the code, each operation's backward beside its forward.
"""

from bplearn.explain.autograd import Tensor, no_grad, recorded

__all__ = ["Tensor", "no_grad", "recorded"]
