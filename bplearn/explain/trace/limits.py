"""Two layers that paths cannot describe: one that mixes samples, and one whose backward is not proportional to dy.

A layer that mixes the samples of a batch (batch normalization) has slopes from one sample to another, which lie on no
path. The checks here find both by numbers, not by the layer's name. Used by `trace_weight`,
notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.gradcheck.limits import drawn_anew
from bplearn.tape import Step, Tape


def check_each_sample_alone(tape: Tape, lowest: int) -> None:
    """Refuse a layer, from the lowest use of the weight up, in which one sample answers to another.

    Raises: ArgumentError with the layer and what to trace instead.
    """
    for place in range(lowest, len(tape)):
        if _is_doubtful(tape[place]) and _mixes(tape[place]):
            above = [n for n in range(place + 1, len(tape)) if tape[n].layer.parameters()]
            advice = f"Trace a weight above it (layer {above[0]}), or" if above else "Trace"
            got = f"layer {place}, {tape[place].layer!r}, which mixes the samples of a batch"
            raise ArgumentError(
                expected_got(
                    "trace_weight",
                    "layers that treat each sample by itself, since a path belongs to one sample",
                    got,
                    f"{advice} a batch of one sample, x[:1]. strongest_weights and blame know such layers.",
                )
            )


def _is_doubtful(step: Step) -> bool:
    """Whether samples may be mixed: each alone, r times its dy gives r times its dx, exactly for powers of two."""
    samples = len(step.x)
    if len(step.y) != samples:
        return True
    dy = np.random.default_rng(0).uniform(1, 2, step.y.shape)
    answer, _ = step.layer.backward(dy, step.cache)
    for exponents in (np.arange(samples) % 61 - 30, np.random.default_rng(1).integers(-30, 31, samples)):
        r = 2.0 ** exponents.reshape(-1, *[1] * (dy.ndim - 1))
        dx, _ = step.layer.backward(r * dy, step.cache)
        if dx is None or answer is None:
            return dx is not answer
        if np.shape(dx) != step.x.shape or not np.array_equal(dx, answer * r.reshape(-1, *[1] * (dx.ndim - 1))):
            return True
    return False


def _mixes(step: Step) -> bool:
    """Whether a sample's dy reaches another sample's dx: each pair is on two sides once, as numbers in binary."""
    samples = len(step.x)
    if len(step.y) != samples:
        return True
    silent, _ = step.layer.backward(np.zeros(step.y.shape), step.cache)
    if silent is not None and np.any(silent):
        return False  # it adds something of its own: `check_in_proportion` says so
    random = np.random.default_rng(0).uniform(1, 2, step.y.shape)
    for bit in range((samples - 1).bit_length()):
        ones = (np.arange(samples) >> bit) % 2 == 1
        for group in (ones, ~ones):
            dy = random.copy()
            dy[~group] = 0
            dx, _ = step.layer.backward(dy, step.cache)
            if dx is not None and len(dx) == samples and (np.abs(dx[~group]) > 0).any():
                return True
    return False


def check_in_proportion(tape: Tape, place: int, arrived: Array, passed: Array, size: Array) -> None:
    """Refuse a layer that passes on something else than its local derivatives times what arrives.

    `passed` is that product, `size` the same of all sizes: rounding is judged beside it.
    Raises: ArgumentError with the layer.
    """
    step = tape[place]
    dx, _ = step.layer.backward(arrived.reshape(step.y.shape), step.cache)
    if dx is None or not np.isfinite(dx).all() or not np.isfinite(passed).all():
        return
    room = 1e-9 * size + 1e-12 * np.abs(arrived).max(axis=1, initial=0)[:, None]
    if (np.abs(dx.reshape(passed.shape) - passed) > room).any():
        raise ArgumentError(_not_in_proportion(tape, place, "dx"))


def check_sum(tape: Tape, place: int, name: str, index: tuple[int, ...], arrived: Array, products: Array) -> None:
    """Refuse a use of the weight whose samples' shares do not add up to backprop's gradient.

    Raises: ArgumentError with the layer.
    """
    step = tape[place]
    _, grads = step.layer.backward(arrived.reshape(step.y.shape), step.cache)
    backprop = float(grads[name][index])
    room = 1e-9 * float(np.abs(products).sum()) + 1e-12 * float(np.abs(arrived).max(initial=0))
    if np.isfinite(backprop) and abs(backprop - float(products.sum())) > room:
        raise ArgumentError(_not_in_proportion(tape, place, name))


def _not_in_proportion(tape: Tape, place: int, name: str) -> str:
    layer = tape[place].layer
    why = drawn_anew([layer], tape[place].x)
    got = f"layer {place}, {layer!r}, whose {name} is no sum over samples and outputs of slope times dy"
    advice = "Is dy clipped, rounded or averaged in backward? strongest_weights and blame show what it returns."
    return expected_got("trace_weight", "layers whose backward is the sum over paths", got, why or advice)
