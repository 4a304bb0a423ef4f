"""Why small batches zig-zag: the gradient of each batch beside the gradient of all the data.

A batch is a sample of the data, and its gradient an estimate of the full one. Small batches estimate badly: many of
their arrows point far away from the full arrow, some of them uphill.
The batch-noise panel of notebooks/12_learning_rate_and_batch_size.ipynb is a view of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import Array, expected_got, number_in, positive_integer
from bplearn.checks.training import check_batch_size, prepare
from bplearn.errors import ArgumentError, DataError
from bplearn.explain.naming import UnitNames
from bplearn.explain.trace.weight_location import locate
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.panels.base.assessment import Assessment
from bplearn.show.text import short

BATCHES = 60  # batches that are drawn, fewer where they are large
ROWS = 20_000  # samples that one view sends through the network, at most
SINGLES = 200  # single samples that show how far samples differ
WALK = 24  # updates of the walk


@final
class BatchNoise:
    """Draws batches of one size, and compares the gradient of each with that of all samples.

    `gradients` (K, P) holds the K batches' gradients, `full` (P,) that of the data; P counts all weights and biases.
    `cosines` and `angles` (K,) say how well they agree, `lengths` (K,) how long they are beside the full one.
    `plane` puts all of them into two dimensions. The network itself is never changed. `batches` gives the rows of each
    batch; without them batches of `batch_size` are drawn as an epoch draws them.
    Raises: as `fit` does for arguments that do not fit, DataError where the data has no slope to compare with.

    >>> from bplearn import BinaryCrossEntropy, datasets, mlp
    >>> noise = BatchNoise(mlp(2, 8, 1, rng=0), datasets.moons(rng=0), loss=BinaryCrossEntropy(), batch_size=200)
    >>> noise.angles.max().round(3)
    np.float64(0.0)
    """

    def __init__(
        self,
        network: Sequential,
        data: Any,
        targets: Any = None,
        *,
        loss: Loss,
        batch_size: int = 8,
        learning_rate: float = 0.5,
        weights: tuple[tuple[int, Any], tuple[int, Any]] | None = None,
        rng: int = 0,
        batches: Sequence[Array] | None = None,
    ) -> None:
        self._batches = batches
        self._given, self.loss = network, loss
        self.pair: tuple[tuple[int, str], tuple[int, str]] | None
        self._axes: tuple[Array, tuple[str, str]] | None
        self._walk: tuple[Array, Array] | None
        prepared = prepare(network, data, targets, loss)
        self.x, self.targets = prepared.x, prepared.targets
        self.seed, self.learning_rate = int(rng), number_in(learning_rate, "learning_rate", 0)
        self.show_weights(weights)
        self.batch_size = check_batch_size(batch_size, len(self.x))
        self.renew()

    def _entry(self, layer: int, index: Any) -> tuple[int, str]:
        """Return where an entry lies in the flat vector, and its name."""
        place = locate(self._given, layer, index)
        parameter, everything = self._given[place.layer].parameters()[place.number], self._given.parameters()
        flat = int(everything.part(np.arange(everything.size), parameter)[place.index])
        name = UnitNames(self._given.layers).parameter(place.layer, place.name, place.index).text
        return flat, name

    @property
    def samples(self) -> int:
        """The number of samples in the data."""
        return len(self.x)

    def choose(
        self, *, batch_size: int | None = None, seed: int | None = None, learning_rate: float | None = None
    ) -> BatchNoise:
        """Change the batch size, the seed of the draw or the learning rate of the walk."""
        if batch_size is not None:
            self.batch_size = check_batch_size(batch_size, self.samples)
        if seed is not None:
            self.seed = int(number_in(seed, "seed", 0))
        if learning_rate is not None:
            self.learning_rate = number_in(learning_rate, "learning_rate", 0)
        return self._redraw()

    def show_weights(self, pair: tuple[tuple[int, Any], tuple[int, Any]] | None) -> BatchNoise:
        """Show the plane of two weights, each as (layer, index); None shows the plane of most movement.

        Raises: ArgumentError, ShapeError for weights that are not there, or twice the same.
        """
        chosen = None if pair is None else (self._entry(*pair[0]), self._entry(*pair[1]))
        if chosen is not None and chosen[0] == chosen[1]:
            raise ArgumentError(expected_got("weights", "two different weights", f"{chosen[0][1]} twice"))
        self.pair, self._axes, self._walk = chosen, None, None
        return self

    def renew(self) -> BatchNoise:
        """Compute all anew: after a choice, and after the network has been trained on."""
        self.network = self._given.copy()
        self.full = self.gradient(np.arange(self.samples))
        if not np.linalg.norm(self.full) > 0:
            advice = "Start elsewhere: another seed."
            raise DataError(
                expected_got("batch_noise", "a gradient of the data that is not zero", "0 everywhere", advice)
            )
        self._singles: Array | None = None
        self._axes = None
        return self._redraw()

    @property
    def _apart(self) -> Array:
        """How far the gradients of single samples lie from the full one; computed when first asked for."""
        if self._singles is None:
            rows = np.random.default_rng(0).permutation(self.samples)[:SINGLES]
            self._singles = np.stack([self.gradient(rows[[i]]) for i in range(len(rows))]) - self.full
        return self._singles

    def _redraw(self) -> BatchNoise:
        self.gradients = np.stack([self.gradient(rows) for rows in self._draw()])
        self._walk = None
        return self

    def gradient(self, rows: Array) -> Array:
        """Return the gradient of the loss over these samples, as one flat vector."""
        prediction, tape = self.network.run(self.x[rows])
        _, cache = self.loss.compute(prediction, self.targets[rows])
        self.network.backward(self.loss.backward(cache), tape, input_gradient=False)
        return self.network.parameters().grad.copy()

    def _draw(self) -> list[Array]:
        """Draw batches as an epoch does: shuffled, each sample once; then once more, until there are enough."""
        if self._batches is not None:
            return list(self._batches)
        rng, size = np.random.default_rng(self.seed), self.batch_size
        wanted = min(BATCHES, max(4, ROWS // size))
        drawn: list[Array] = []
        while len(drawn) < wanted:
            order = rng.permutation(self.samples)
            drawn += [order[start : start + size] for start in range(0, self.samples - size + 1, size)]
        return drawn[:wanted]

    # ---- how well the batches agree ----

    @property
    def lengths(self) -> Array:
        """The length of each batch's gradient, divided by that of the full one, (K,)."""
        return np.linalg.norm(self.gradients, axis=1) / np.linalg.norm(self.full)

    @property
    def cosines(self) -> Array:
        """The cosine between each batch's gradient and the full one, (K,); 1 is the same direction, below 0 uphill."""
        sizes = np.linalg.norm(self.gradients, axis=1) * np.linalg.norm(self.full)
        return np.clip((self.gradients @ self.full) / np.maximum(sizes, 1e-300), -1, 1)

    @property
    def angles(self) -> Array:
        """The angle between each batch's gradient and the full one, in degrees, (K,)."""
        unit = self.full / np.linalg.norm(self.full)
        along = self.gradients @ unit
        across = np.linalg.norm(self.gradients - along[:, None] * unit, axis=1)
        return np.degrees(np.arctan2(across, along))

    @property
    def uphill(self) -> int:
        """How many of the batches would make the loss of all the data larger: an angle of more than 90 degrees."""
        return int((self.angles > 90).sum())

    @property
    def noise(self) -> float:
        """The noise of a batch beside the signal: rms |g_batch - g_full| / |g_full|."""
        apart = np.linalg.norm(self.gradients - self.full, axis=1)
        return float(np.sqrt((apart**2).mean()) / np.linalg.norm(self.full))

    def expected_noise(self, batch_size: int) -> float:
        """Return the noise that theory gives for a batch size: that of one sample, divided by sqrt(batch size).

        noise(B) = noise(1) / sqrt(B) * sqrt((N - B) / (N - 1)); the last factor: drawn without putting back.
        """
        size = positive_integer(batch_size, "batch_size")
        n = self.samples
        if n == 1 or size >= n:
            return 0.0
        single = float(np.sqrt((self._apart**2).sum(axis=1).mean()) / np.linalg.norm(self.full))
        return single / float(np.sqrt(size)) * float(np.sqrt((n - size) / (n - 1)))

    # ---- the picture's plane ----

    def axes(self) -> tuple[Array, tuple[str, str]]:
        """Return two unit vectors (2, P) that span the plane of the picture, and the names of its axes.

        Without chosen weights the first runs downhill for all data, the second where single samples differ most.
        """
        if self._axes is None:
            self._axes = self._find_axes()
        return self._axes

    def _find_axes(self) -> tuple[Array, tuple[str, str]]:
        basis = np.zeros((2, len(self.full)))
        if self.pair is not None:
            (first, name), (second, other) = self.pair
            basis[0, first] = basis[1, second] = 1.0
            return basis, (name, other)
        basis[0] = -self.full / np.linalg.norm(self.full)
        spread = self._apart if self._batches is None else self.gradients - self.full
        apart = spread - np.outer(spread @ basis[0], basis[0])
        apart /= max(float(np.abs(apart).max()), 1e-300)  # squares of very large or small numbers leave the range
        squares, mixtures = np.linalg.eigh(apart @ apart.T)  # few batches, many weights
        across = mixtures[:, -1] @ apart
        size = float(np.linalg.norm(across))
        across *= np.sign(across[np.abs(across).argmax()])
        basis[1] = across / size if squares[-1] > 0 and size > 0 else np.roll(basis[0], 1)
        differ = "samples" if self._batches is None else "batches"
        return basis, ("downhill for all data", f"where {differ} differ most")

    def plane(self) -> tuple[Array, Array]:
        """Return the batches' steps (K, 2) and the full step (2,) in the plane: the gradients, turned downhill."""
        basis, _ = self.axes()
        return -(self.gradients @ basis.T), -(basis @ self.full)

    def walk(self) -> tuple[Array, Array]:
        """Return where the first updates lead in the plane, for this batch size and for all data at once, (S, 2)."""
        if self._walk is None:
            self._walk = self._go()
        return self._walk

    def _go(self) -> tuple[Array, Array]:
        basis, _ = self.axes()
        start = self.network.parameters().value.copy()
        batches = self._draw()[:WALK]
        ways = []
        for rows in (batches, [np.arange(self.samples)] * len(batches)):
            places = [np.zeros(2)]
            for chosen in rows:
                vector = self.network.parameters()
                moved = vector.value - self.learning_rate * self.gradient(chosen)
                if not np.isfinite(moved).all():
                    break
                vector.replace(moved)
                places.append(basis @ (moved - start))
            self.network.parameters().replace(start)
            ways.append(np.stack(places))
        return ways[0], ways[1]

    def turning(self) -> float:
        """Return how much the walk zig-zags: its length, divided by the distance between its ends; 1 is straight."""
        way, _ = self.walk()
        straight = float(np.linalg.norm(way[-1] - way[0]))
        return float(np.linalg.norm(np.diff(way, axis=0), axis=1).sum()) / max(straight, 1e-300)

    def verdict(self) -> Assessment:
        """Say what the batches do, with the numbers."""
        count = len(self.gradients)
        if self.batch_size == self.samples:
            all_of_it = f"Each batch is all {self.samples} samples: every arrow is the full gradient, no noise at all."
            return Assessment("no noise", all_of_it)
        middle = float(np.median(self.angles))
        words = f"Batches of {self.batch_size}: half of the {count} arrows are more than {middle:.0f}° off the full one"
        points = "points" if self.uphill == 1 else "point"
        words += f", {self.uphill} of them {points} uphill." if self.uphill else ", none points uphill."
        return Assessment(self._way, f"{words} {self.noise_words()}")

    def noise_words(self) -> str:
        """Say how large the noise is, and what it does to the way."""
        return f"The noise is {short(self.noise, 2)} times the signal: the way {self._way}."

    @property
    def _way(self) -> str:
        return "zig-zags" if self.noise > 1 else "wanders" if self.noise > 0.3 else "is straight"
