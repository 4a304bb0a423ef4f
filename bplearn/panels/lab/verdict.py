"""The verdict on a run, computed from its losses alone: falling, jumping, too slow, overfitting, growing.

Taught in notebooks/12_learning_rate_and_batch_size.ipynb, where the training lab says it below the curve.
"""

from __future__ import annotations

import numpy as np

from bplearn.history import History
from bplearn.panels.base.assessment import Assessment
from bplearn.show.text import short


def verdict(history: History, learning_rate: float) -> Assessment:
    """Say how a run goes, from its losses alone.

    >>> history = History()
    >>> for loss in (1.0, 2.0, 4.0, 8.0):
    ...     history.add_step(loss, samples=1)
    ...     history.end_epoch()
    >>> verdict(history, 3.0)
    Assessment(word='growing', sentence='The loss has grown from 1 to 8: a learning rate of 3 is too large here.')
    """
    losses, unseen = history.epoch_loss, history.validation_loss
    if not losses:
        said = "No epoch is finished yet." if history.steps else "Nothing is trained yet. What will the loss do?"
        return Assessment("begun" if history.steps else "ready", said)
    first, last = history.step_loss[0], losses[-1]
    if last > 1.5 * max(first, losses[0]) or (len(losses) > 3 and last > 3 * min(losses)):
        said = f"The loss has grown from {short(min(first, *losses), 3)} to {short(last, 3)}"
        return Assessment("growing", f"{said}: a learning rate of {short(learning_rate, 3)} is too large here.")
    if len(losses) < 4:
        said = f"The loss went from {short(first, 3)} to {short(last, 3)}"
        return Assessment("begun", f"{said} in {history.steps} updates.")
    best = int(np.argmin(unseen)) if unseen else 0
    gap = bool(unseen) and min(unseen[-3:]) > max(1.1 * unseen[best], 1.2 * last)  # one jump upwards is no overfitting
    if gap and len(unseen) - 1 - best >= 5 and last < losses[best]:
        lowest, now = short(unseen[best], 3), short(unseen[-1], 3)
        said = f"The unseen loss was lowest after epoch {best + 1} ({lowest}) and is {now} now"
        return Assessment("overfitting", f"{said}, while the training loss fell to {short(last, 3)}.")
    recent = np.array(losses[-6:])
    moves = np.diff(recent)
    fall = (recent[0] - recent[-1]) / recent[0] / len(moves)
    if (moves > 0).sum() >= 2 and np.abs(moves).mean() > 0.05 * recent.mean():
        said = f"The loss jumps between {short(recent.min(), 3)} and {short(recent.max(), 3)}"
        return Assessment("jumping", f"{said}: the steps are too large, or the batches too small.")
    if fall > 0.01:
        return Assessment("falling", f"The loss falls by {100 * fall:.0f}% an epoch, to {short(last, 3)}.")
    if last > 0.9 * first:
        said = f"The loss hardly moves: {short(first, 3)} at the start, {short(last, 3)} now."
        return Assessment("stuck", f"{said} The steps are too small, or nothing can be learned this way.")
    return Assessment("settled", f"The loss has settled near {short(last, 3)}; it began at {short(first, 3)}.")
