"""Is this gradient right? Nudge each number, look at what the loss does, and compare.

The check works for a network, for a layer or a loss of your own, and for a plain function with its gradient. It tries
to be fair: where rounding hides a slope or a kink leaves none, it counts the entry and neither accepts nor rejects it.
It tries to be strict: it calls backward after a pass on another batch, and twice. Taught in
notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bplearn.checks.arrays import RNG, Array, as_rng, positive_integer
from bplearn.errors import BplearnError
from bplearn.explain.gradcheck.differences import Slope, slope
from bplearn.explain.gradcheck.report import ArrayReport, Entry, GradientReport, advise
from bplearn.explain.gradcheck.subjects import Claim, claim_of

RTOL = 1e-6  # central differences of a smooth function in float64 are far better than this
CLEAR = 1e-3  # a slope with a larger relative error decides nothing
CLOSE_LOOKS = 24  # so many doubtful entries of an array are measured again, with many steps
NEAR = (
    1e-3,
    1e-5,
)  # how far away slopes are looked at where kinks meet; there they differ as much from near as from far


def check_gradients(
    subject: Any,
    x: Any,
    target: Any = None,
    loss: Any = None,
    *,
    gradient: Any = None,
    entries: int = 200,
    directions: int = 3,
    rng: RNG = 0,
) -> GradientReport:
    """Compare a gradient with central differences, entry by entry and along random directions.

    check_gradients(network, x, target, loss)    dL/dx and dL/dparameter of a network
    check_gradients(layer, x)                    dx and the parameters' gradients of a layer, for a random dy
    check_gradients(loss, prediction, target)    dprediction of a loss
    check_gradients(f, x, gradient=g)            a function f(x) -> number; g is an array or a function g(x);
                                                 x may be a dictionary of arrays, then so is the gradient
    Of an array with more than `entries` numbers the largest and some random ones are checked one by one, and all of
    them together along `directions` random directions. Calculations are done in float64.
    Raises: ArgumentError for anything else.

    >>> check_gradients(Tanh(), [[0.5, -1.0]]).passed
    True
    >>> check_gradients(lambda x: (x**2).sum(), [1.0, 2.0], gradient=lambda x: x).arrays[0].advice[0]
    'Consistent with: it is off by the factor 1/2. Multiply by 2.'

    Introduced in: notebooks/10_check_your_gradients.ipynb
    """
    positive_integer(entries, "entries")
    positive_integer(directions, "directions")
    generator = as_rng(rng)
    with np.errstate(all="ignore"):  # a wide step may leave the domain of a logarithm
        claim = claim_of(subject, x, target, loss, gradient, generator)
        if claim.unmeasurable:
            arrays = [ArrayReport(name, value.shape, size=value.size) for name, value in claim.values.items()]
            return GradientReport(claim.title, tuple(arrays), notes=(claim.unmeasurable,))
        arrays = [_check_array(claim, name, entries, directions, generator) for name in claim.values]
    return GradientReport(claim.title, tuple(arrays), tuple(claim.problems), tuple(claim.notes))


def _check_array(claim: Claim, name: str, entries: int, directions: int, rng: np.random.Generator) -> ArrayReport:
    value, found = claim.values[name], claim.gradient.get(name)
    if found is None or found.shape != value.shape or not np.isfinite(found).all():
        return ArrayReport(name, value.shape, advice=tuple(_unfit(found, value)), size=value.size)
    free = ~claim.fixed[name] if name in claim.fixed else np.ones(found.shape, dtype=bool)
    chosen = _choose(found, free, entries, rng)
    judged = [_first_look(claim, name, index, float(found[index])) for index in chosen]
    doubtful = [place for place, entry in enumerate(judged) if entry.status == "doubtful"]
    doubtful.sort(key=lambda place: -abs(judged[place].gradient - judged[place].difference))
    again = doubtful if len(doubtful) <= CLOSE_LOOKS else [*doubtful[: CLOSE_LOOKS // 2], *_some(doubtful, rng)]
    for place in again:
        judged[place] = _close_look(claim, name, judged[place], free)
    judged = [entry._replace(status="skipped") if entry.status == "doubtful" else entry for entry in judged]
    along = tuple(_direction(claim, name, found, free, rng) for _ in range(directions))
    if len(judged) == found.size and all(entry.status == "right" for entry in judged):
        along = tuple(_within(entry, found) for entry in along)
    wrong = [entry for entry in (*judged, *along) if entry.status == "wrong"]
    advice = advise(claim, name, found, judged) if wrong else []
    return ArrayReport(name, value.shape, tuple(judged), along, tuple(advice), value.size)


def _unfit(found: Array | None, value: Array) -> list[str]:
    if found is None:
        return ["There is no gradient for it."]
    if found.shape != value.shape:
        hint = " Consistent with: it comes out transposed." if found.shape == value.shape[::-1] else ""
        return [f"The gradient has shape {found.shape}, expected {value.shape}.{hint}"]
    bad = np.argwhere(~np.isfinite(found))
    return [f"The gradient is not finite in {len(bad)} entries, first at {[int(i) for i in bad[0]]}."]


def _choose(found: Array, free: Array, entries: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Return the indices to check: all that can be nudged, or the largest gradients and random others of them."""
    places = np.flatnonzero(free)
    if len(places) > entries:
        largest = places[np.argsort(-np.abs(found[free]))[: entries // 4]]
        others = np.setdiff1d(places, largest)
        places = np.concatenate([largest, rng.choice(others, entries - len(largest), replace=False)])
    return [tuple(int(i) for i in np.unravel_index(place, found.shape)) for place in np.sort(places)]


def _some(doubtful: list[int], rng: np.random.Generator) -> list[int]:
    rest = doubtful[CLOSE_LOOKS // 2 :]
    return [rest[i] for i in rng.choice(len(rest), CLOSE_LOOKS - CLOSE_LOOKS // 2, replace=False)]


def along(claim: Claim, name: str, direction: Array) -> Callable[[float], float]:
    """Return the loss as a function of how far one array is moved in a direction; NaN where it is undefined."""

    def f(step: float) -> float:
        try:
            return float(claim.f(name, claim.values[name] + step * direction))
        except (BplearnError, ArithmeticError):
            return float("nan")

    return f


def _along_entry(claim: Claim, name: str, index: tuple[int, ...]) -> tuple[Callable[[float], float], float]:
    unit = np.zeros(claim.values[name].shape)
    unit[index] = 1.0
    return along(claim, name, unit), max(1.0, abs(float(claim.values[name][index])))


def _first_look(claim: Claim, name: str, index: tuple[int, ...], found: float) -> Entry:
    """Judge by one central difference; what it cannot settle is doubtful."""
    f, scale = _along_entry(claim, name, index)
    h = 1e-5 * scale
    ahead, behind = f(h), f(-h)
    difference = (ahead - behind) / (2 * h)
    rounding = 4 * claim.epsilon * max(abs(ahead), abs(behind)) / h
    size = max(abs(found), abs(difference))
    if size == 0 and f(1e3 * h) == f(-1e3 * h) == f(0.0):  # flat nearby and further away
        return Entry(index, found, difference, "right")
    good = abs(found - difference) <= RTOL * size + rounding and size > 200 * rounding
    return Entry(index, found, difference, "right" if good else "doubtful")


def _close_look(claim: Claim, name: str, entry: Entry, free: Array) -> Entry:
    """Measure with many steps; tell right, wrong, kink and what rounding hides apart."""
    f, scale = _along_entry(claim, name, entry.where)
    found = slope(f, scale, claim.epsilon)
    status = judge(entry.gradient, found)
    if status == "wrong" and _kinks_meet(claim, name, entry, scale * free):
        status = "kink"
    return entry._replace(difference=found.value, status=status)


def _kinks_meet(claim: Claim, name: str, entry: Entry, reach: Array) -> bool:
    """Whether kinks meet at this place, and the gradient is among the slopes nearby, or near them where they are many.

    Where units stand at their kinks together (windows of zeros, biases of 0) a nudge to the left opens some and one to
    the right others. The gradient with all of them shut need not lie between these two slopes. Around such a place the
    slope takes many values, however near.
    """
    rng = np.random.default_rng(0)
    around = [rng.normal(size=reach.shape) * reach for _ in range(12)]
    unit = np.zeros(reach.shape)
    unit[entry.where] = 1.0

    def slopes(distance: float) -> tuple[Array, float]:
        h = distance / 100 * float(reach[entry.where])
        ends = np.array([[along(claim, name, distance * v + side * h * unit)(1.0) for side in (1, -1)] for v in around])
        return (ends[:, 0] - ends[:, 1]) / (2 * h), 20 * claim.epsilon * float(np.abs(ends).max()) / h

    (far, _), (near, rounding) = (slopes(distance) for distance in NEAR)
    jump = np.ptp(near)
    if not max(rounding, 0.3 * np.ptp(far)) < jump:  # smooth, or hidden by rounding
        return False
    many = len(np.unique(np.round(near / jump, 2))) > 3  # then twelve places do not show all ways
    room = (2 if many else 1e-3) * jump
    return bool(near.min() - room <= entry.gradient <= near.max() + room)


def judge(gradient: float, found: Slope) -> str:
    """Return "right", "wrong", "kink", "unresolved" or "undefined" for a gradient against a measured slope.

    At a kink every slope between the left and the right one is as good as another.
    A gradient is unresolved where it agrees with the slope only because rounding hides both.
    """
    size = max(abs(gradient), abs(found.value))
    close = abs(gradient - found.value) <= 10 * RTOL * size + 5 * found.error
    if found.kink and not close:
        low, high = sorted((found.left, found.right))
        room = 1e-3 * (high - low) + 1e-5 * max(abs(low), abs(high))
        return "kink" if low - room <= gradient <= high + room else "wrong"
    if not np.isfinite(found.value):
        return "undefined"
    if not close:
        return "wrong"
    return "right" if found.error <= CLEAR * size or size == 0 else "unresolved"


def _within(entry: Entry, found: Array) -> Entry:
    """Believe single entries that are all right: along a direction they may cancel, and what is left is not exact."""
    room = 10 * RTOL * float(np.abs(found).sum())
    close = entry.status == "wrong" and abs(entry.gradient - entry.difference) <= room
    return entry._replace(status="unresolved") if close else entry


def _direction(claim: Claim, name: str, found: Array, free: Array, rng: np.random.Generator) -> Entry:
    """Compare gradient . v with the slope along v, for v of random signs."""
    v = rng.choice([-1.0, 1.0], size=found.shape) * free
    f, expected = along(claim, name, v), float(np.vdot(found, v))
    measured = slope(f, 1 / np.sqrt(found.size), claim.epsilon)
    status = "kink" if measured.kink else judge(expected, measured)
    if status == "wrong" and abs(expected - measured.value) <= 5e-9 * float(np.abs(found).sum()):
        status = "unresolved"  # the terms of the sum nearly cancel
    return Entry((), expected, measured.value, status)
