"""Dropout: in training each number is left out by chance, so that no unit can rely on another one.

It is the one layer whose prediction differs from its training pass. There is no switch to forget: `forward` draws,
`predict` does not, and `again` repeats a pass with the same draw, for gradient checks and traces.
Taught in notebooks/17_layers_of_today.ipynb.
"""

from __future__ import annotations

from typing import ClassVar, final

from bplearn.checks.arrays import RNG, Array
from bplearn.checks.settings import Range, own_generator
from bplearn.layers.base import Cache, Grads, Layer


@final
class Dropout(Layer):
    """Leave out each number with the chance p and make the others larger: y = x * mask, mask = 0 or 1 / (1 - p).

    Shapes: x (N, D) -> y (N, D)
    Backward: dx = dy * mask. A prediction leaves nothing out: y = x, which is y on average.
    `rng` seeds a Generator of the layer's own; its state is saved with the network and comes back with a snapshot.

    >>> layer = Dropout(0.5, rng=0)
    >>> layer.forward(np.ones((1, 4)))[0], layer.predict(np.ones((1, 4)))
    (array([[0., 2., 0., 2.]]), array([[1., 1., 1., 1.]]))

    Source: Srivastava et al. 2014, in the form that scales in training.
    Introduced in: notebooks/17_layers_of_today.ipynb
    """

    p = Range("Dropout's p", 0, 1, open_high=True)
    stacks: ClassVar = False  # each network would need a Generator of its own

    def __init__(self, p: float = 0.5, *, rng: RNG = None) -> None:
        self.p, self.rng = p, own_generator(rng)

    def forward(self, x: Array) -> tuple[Array, Cache]:
        kept = self.rng.random(x.shape) >= self.p
        mask = kept.astype(x.dtype) / (1 - self.p)
        return x * mask, {"mask": mask}

    def predict(self, x: Array) -> Array:
        return x

    def again(self, x: Array, cache: Cache) -> tuple[Array, Cache]:
        return x * cache["mask"], cache

    equations: ClassVar = {"dx": "dy * mask"}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        return dy * cache["mask"], {}
