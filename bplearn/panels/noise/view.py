"""The batch-noise panel: the gradient of each batch against that of all the data, and where both lead.

The logic is a `BatchNoise` (`panel.logic`); here are only its controls and where each picture stands.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

from typing import Any, final

from bplearn.datasets import moons
from bplearn.losses import BinaryCrossEntropy, Loss
from bplearn.network import Sequential, mlp
from bplearn.panels.base import controls
from bplearn.panels.base.columns import column, columns
from bplearn.panels.base.panel import Panel
from bplearn.panels.lab.experiment import batch_sizes
from bplearn.panels.noise.logic import BatchNoise
from bplearn.panels.noise.pictures import arrows, histograms, walks
from bplearn.show.picture import Picture, collage
from bplearn.show.table import Table
from bplearn.show.text import escape

Weight = tuple[int, Any]


def batch_noise(
    network: Sequential | None = None,
    data: Any = None,
    targets: Any = None,
    *,
    loss: Loss | None = None,
    batch_size: int = 8,
    learning_rate: float = 0.5,
    weights: tuple[Weight, Weight] | None = None,
    seed: int = 0,
) -> Panel:
    """Open the batch-noise view on a network (not changed) and data; without any, on a 2-8-1 network and moons.

    `weights` names two weights as (layer, index): then the arrows lie in their plane.
    `panel.logic` is the `BatchNoise`; after training the network, `panel.logic.renew()` looks again.
    Raises: as `fit` does for arguments that do not fit.

    >>> batch_noise(batch_size=200).logic.noise < 1e-9
    True

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    chosen = mlp(2, 8, 1, rng=seed) if network is None else network
    given = moons(rng=seed) if data is None else data
    judge = BinaryCrossEntropy() if loss is None else loss
    noise = BatchNoise(
        chosen,
        given,
        targets,
        loss=judge,
        batch_size=batch_size,
        learning_rate=learning_rate,
        weights=weights,
        rng=seed,
    )
    return _NoiseView(noise).panel


@final
class _NoiseView:
    """Controls, views, and what ties them to a BatchNoise."""

    def __init__(self, noise: BatchNoise) -> None:
        self.noise, self.pair = noise, noise.pair
        self.panel = panel = Panel("Batch noise: why small batches zig-zag", noise, self.static_picture)
        size = panel.bind(
            controls.stops_dial("batch size", whole=True, width=340),
            noise,
            "batch_size",
            options=lambda: batch_sizes(noise.samples),
        )
        draw = panel.bind(controls.number_field("draw"), noise, "seed")
        rate = panel.bind(controls.rate_dial(), noise, "learning_rate")
        status = panel.view(lambda: f"<p>{escape(noise.verdict().sentence)}</p>", role="status")
        left = panel.view(lambda: arrows(noise))
        right = panel.view(lambda: walks(noise))
        below = panel.view(lambda: histograms(noise))
        for view in (left, right, below):
            view.layout.max_width = "330px"
        numbers = panel.view(self.table)
        panel.arrange(
            [size, draw, rate], status, columns(*(column(224, view) for view in (left, right, below))), numbers
        )

    def table(self) -> str:
        n = self.noise
        sizes = sorted({1, 4, 16, 64, n.batch_size, n.samples})
        shown = [size for size in sizes if size <= n.samples]
        row = ["noise beside the full gradient", *(f"{n.expected_noise(size):.2f}" for size in shown)]
        updates = ["updates in an epoch", *(f"{-(-n.samples // size):,}" for size in shown)]
        sizes_shown = [f"{size:,}" + (" (all)" if size == n.samples else "") for size in shown]
        caption = "What theory expects: four times the batch, half the noise, a quarter of the updates"
        return Table(caption, ("batch size", *sizes_shown), (tuple(row), tuple(updates))).html()

    def static_picture(self) -> Picture:
        title = f"Batch noise, batches of {self.noise.batch_size} of {self.noise.samples} samples"
        return collage([[arrows(self.noise), walks(self.noise), histograms(self.noise)]], title, width=820)
