"""The map of a sweep: learning rate up, batch size to the right, the score as depth of color and as a number.

Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import blend, contrast, style, style_axes
from bplearn.show.text import short
from bplearn.sweeps import SweepResult
from bplearn.sweeps.results import rank_shades, score_words


def plot_sweep(
    result: SweepResult, *, by: str | None = None, optimizer: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the scores of a sweep as a map: deep is good, a frame marks the best cell, and a diverged cell says so.

    `by` is "loss" or "validation_loss" (taken where there is one); scores are averaged over the seeds.
    Raises: ArgumentError for a sweep with nothing finished, or one with several optimizers and none named.

    >>> from bplearn import BinaryCrossEntropy, datasets, mlp, sweep
    >>> from bplearn.plotting import alt_text
    >>> result = sweep(lambda seed: mlp(2, 4, 1, rng=seed), datasets.moons(rng=0), loss=BinaryCrossEntropy(),
    ...                learning_rates=[0.01, 1.0], batch_sizes=[10, 50], epochs=3, executor="serial", progress=False)
    >>> alt_text(plot_sweep(result))[:55]
    'Loss by learning rate and batch size: 2 rates, 2 sizes.'

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    if not len(result):
        raise ArgumentError(expected_got("plot_sweep", "at least one finished run", "none"))
    grid = result.grid(by, optimizer=optimizer)
    rates, sizes = result.values("learning_rate"), result.values("batch_size")
    measure = (by or ("validation_loss" if result.runs[0].history.validation_loss else "loss")).replace("_", " ")
    finite = np.isfinite(grid)
    best = divmod(int(np.argmin(np.where(finite, grid, np.inf))), len(sizes)) if finite.any() else None
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 1.4 + 0.85 * len(sizes), 1.3 + 0.5 * len(rates))
        words = f"{measure.capitalize()}{f', {optimizer}' if optimizer else ''}"
        style_axes(ax, theme, title=words, x="batch size", y="learning rate")
        shades = rank_shades(grid)
        for i in range(len(rates)):
            for j in range(len(sizes)):
                fill = blend(theme.paper, theme.positive, 0.85 * shades[i, j]) if finite[i, j] else theme.paper
                ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=fill, edgecolor=theme.grid, linewidth=0.8))
                ink = theme.ink if contrast(theme.ink, fill) > contrast(theme.paper, fill) else theme.paper
                ax.text(j, i, score_words(grid[i, j]), ha="center", va="center", fontsize=9, color=ink)
        if best is not None:
            place = (best[1] - 0.46, best[0] - 0.46)
            ax.add_patch(Rectangle(place, 0.92, 0.92, fill=False, edgecolor=theme.ink, linewidth=2))
        ax.set_xlim(-0.5, len(sizes) - 0.5)
        ax.set_ylim(-0.5, len(rates) - 0.5)
        ax.set_xticks(range(len(sizes)), [f"{size:,}" for size in sizes])
        ax.set_yticks(range(len(rates)), [short(rate) for rate in rates])
    return add_alt(ax, _alt(grid, rates, sizes, words, best))


def _alt(grid: Array, rates: list[float], sizes: list[int], words: str, best: tuple[int, int] | None) -> str:
    sentences = f"{words} by learning rate and batch size: {len(rates)} rates, {len(sizes)} sizes."
    if best is not None:
        sentences += f" Lowest {short(grid[best])} at rate {short(rates[best[0]])}, batch size {sizes[best[1]]}."
    for rate, row in zip(rates, grid, strict=True):
        sentences += f" Rate {short(rate)}: " + ", ".join(score_words(score) or "not finished" for score in row) + "."
    return sentences
