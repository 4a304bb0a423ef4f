"""The verdict on a run, computed from its losses alone: falling, jumping, a plateau, overfitting, growing.

Taught in notebooks/12_learning_rate_and_batch_size.ipynb, where it stands below the curve of the training lab.
"""

from __future__ import annotations

import math

import numpy as np

from bplearn.history import History
from bplearn.panels.base.assessment import Assessment
from bplearn.show.text import counted, short

LONG, SHORT = 12, 6  # epochs: to see jumps, and to see where the loss goes now
STILL = 0.01  # a smaller change in an epoch does not count


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
        sentence = "No epoch is finished yet." if history.steps else "Nothing is trained yet. What will the loss do?"
        return Assessment("begun" if history.steps else "ready", sentence)
    first, last = history.step_loss[0], losses[-1]
    trend, scatter, turns = _shape(losses[-LONG:])
    if turns >= 3 and scatter > 0.04 and abs(trend) * (min(len(losses), LONG) - 1) < 6 * scatter:
        recent = losses[-SHORT:]
        sentence = f"The loss jumps between {short(min(recent), 3)} and {short(max(recent), 3)}"
        return Assessment("jumping", f"{sentence}: the steps are too large, or the batches too small.")
    trend, scatter, _ = _shape(losses[-SHORT:])
    is_far_up = last > 1.5 * max(first, losses[0]) or last > (3 if len(losses) > 3 else 10) * min(first, *losses)
    if is_far_up or (len(losses) > 3 and trend > STILL and trend * (SHORT - 1) > 2 * scatter):
        sentence = f"The loss has grown from {short(min(first, *losses), 3)} to {short(last, 3)}"
        return Assessment("growing", f"{sentence}: a learning rate of {short(learning_rate, 3)} is too large here.")
    if len(losses) < 4:
        sentence = f"The loss went from {short(first, 3)} to {short(last, 3)}"
        return Assessment("begun", f"{sentence} in {counted(history.steps, 'update')}.")
    best = int(np.argmin(unseen)) if unseen else 0
    gap = bool(unseen) and min(unseen[-3:]) > max(1.1 * unseen[best], 1.2 * last)  # one jump upwards is no overfitting
    if gap and len(unseen) - 1 - best >= 5 and last < losses[best]:
        lowest, now = short(unseen[best], 3), short(unseen[-1], 3)
        sentence = f"The unseen loss was lowest after epoch {best + 1} ({lowest}) and is {now} now"
        return Assessment("overfitting", f"{sentence}, while the training loss fell to {short(last, 3)}.")
    if trend < -STILL:
        fell = 100 * -math.expm1(trend)
        return Assessment("falling", f"The loss falls by {short(fell, 2)}% an epoch, to {short(last, 3)}.")
    if last > 0.9 * first:
        sentence = f"The loss hardly moves: {short(first, 3)} at the start, {short(last, 3)} now."
        return Assessment("stuck", f"{sentence} The steps are too small, or nothing can be learned this way.")
    here = next((i for i, loss in enumerate(reversed(losses)) if abs(loss - last) > 0.1 * last), len(losses))
    sentence = f"The loss has stayed near {short(last, 3)} for {here} epochs; it began at {short(first, 3)}."
    return Assessment("plateau", f"{sentence} Is this the end, or will it fall again? The curve alone cannot tell.")


def _shape(losses: list[float]) -> tuple[float, float, int]:
    """Return how the logarithm of these losses goes: its slope an epoch, the scatter around that line, the turns.

    >>> [round(float(number), 3) for number in _shape([1.0, 2.0, 4.0, 8.0])]
    [0.693, 0.0, 0.0]
    """
    logs = np.log(np.clip(losses, 1e-300, 1e300))
    if len(logs) < 3:
        return 0.0, 0.0, 0
    epochs = np.arange(len(logs)) - (len(logs) - 1) / 2
    slope = float(epochs @ logs / (epochs @ epochs))
    moves = np.diff(logs)
    moves = moves[np.abs(moves) > 0.03]  # smaller moves are no jumps
    return slope, float((logs - logs.mean() - slope * epochs).std()), int((moves[1:] * moves[:-1] < 0).sum())
