"""How every output of a layer changes with each of its inputs, and with one of its parameters.

No formula here could disagree with a layer: a unit vector, 1 for one output and 0 for all others, goes through the
layer's own `backward`, and each derivative comes out of it. All samples of a batch go through it at once.
notebooks/06_trace_one_weight.ipynb does it by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ShapeError
from bplearn.tape import Step


@dataclass(frozen=True, eq=False)
class Jacobian:
    """The derivatives dy/dx of one step, for each sample.

    Shapes: entries (N, outputs, inputs), or (1, outputs, inputs) where all samples share them,
            or (N, units) where the layer is `diagonal`: output u depends on input u alone.
    """

    entries: Array
    diagonal: bool

    def row(self, sample: int, unit: int) -> tuple[Array, Array]:
        """Return the inputs that output `unit` depends on and its derivative for each."""
        if self.diagonal:
            inputs, values = np.array([unit]), self.entries[sample, unit : unit + 1]
        else:
            values = self.entries[sample if len(self.entries) > 1 else 0, unit]
            inputs = np.arange(len(values))
        live = values != 0
        return inputs[live], values[live]

    def vjp(self, slopes: Array) -> Array:
        """Turn dL/dy (N, outputs) into dL/dx (N, inputs)."""
        if self.diagonal:
            return slopes * self.entries
        if len(self.entries) == 1:
            return slopes @ self.entries[0]
        return (slopes[:, None, :] @ self.entries)[:, 0, :]

    def vjp_of_sizes(self, sizes: Array) -> Array:
        """Do what `vjp` does with the sizes of all derivatives."""
        return Jacobian(np.abs(self.entries), self.diagonal).vjp(sizes)

    def jvp(self, slopes: Array) -> Array:
        """Turn dx/dw (N, inputs) into dy/dw (N, outputs)."""
        if self.diagonal:
            return self.entries * slopes
        if len(self.entries) == 1:
            return slopes @ self.entries[0].T
        return (self.entries @ slopes[:, :, None])[:, :, 0]

    def jvp_of_sizes(self, sizes: Array) -> Array:
        """Do what `jvp` does with the sizes of all derivatives."""
        return Jacobian(np.abs(self.entries), self.diagonal).jvp(sizes)

    def strongest(self, below: Array) -> Array:
        """Return for each output the largest |derivative * below| over its inputs: (N, outputs)."""
        if self.diagonal:
            return np.abs(self.entries) * below
        sizes = np.abs(self.entries)
        shared = len(sizes) == 1
        # one sample after the other: all at once would need N x outputs x inputs numbers
        return np.array([(sizes[0 if shared else n] * below[n]).max(axis=1) for n in range(len(below))])

    def count(self, below: Array) -> Array:
        """Return for each output in how many ways it is reached, if its inputs are reached in `below` ways."""
        live = self.entries != 0
        return Jacobian(live.astype(np.float64), self.diagonal).jvp(below)


def jacobian(step: Step) -> Jacobian:
    """Return dy/dx of a step.

    >>> y, tape = Sequential(Dense(2, 1, weights=[[3.0], [4.0]]), Tanh()).forward([[0.0, 0.0]])
    >>> jacobian(tape[0]).entries, jacobian(tape[1]).entries
    (array([[[3., 4.]]]), array([[1.]]))
    """
    samples, outputs = len(step.y), step.y[0].size
    if step.x[0].size == outputs:
        slopes = _diagonal(step)
        if slopes is not None:
            return Jacobian(slopes, diagonal=True)
    rows = []
    shared = True
    for unit in range(outputs):
        dy = np.zeros((samples, outputs))
        dy[:, unit] = 1
        row = _vjp(step, dy)
        shared = shared and bool((row == row[:1]).all())
        rows.append(row)
    entries = np.stack([row[:1] for row in rows] if shared else rows, axis=1)
    return Jacobian(entries, diagonal=False)


def _vjp(step: Step, dy: Array) -> Array:
    dx, _ = step.layer.backward(dy.reshape(step.y.shape), step.cache)
    if dx is None or dx.shape != step.x.shape:
        got = "None" if dx is None else str(dx.shape)
        raise ShapeError(expected_got(f"backward of {step.layer!r}", f"to return dx of x's shape {step.x.shape}", got))
    return dx.reshape(len(dy), -1)


def _diagonal(step: Step) -> Array | None:
    """Return the diagonal of dy/dx if nothing else is in it, else None.

    A diagonal layer answers r with r times its answer to ones. The entries of r are powers of two, so that this holds
    to the last bit; they differ from unit to unit, so that it holds for nothing else.
    """
    samples, units = len(step.y), step.y[0].size
    answer = _vjp(step, np.ones((samples, units)))
    ascending = np.arange(units) % 61 - 30
    shuffled = np.random.default_rng(0).integers(-30, 31, units)
    for exponents in (ascending, shuffled):
        r = np.broadcast_to(2.0**exponents, (samples, units))
        if not np.array_equal(_vjp(step, r.copy()), r * answer):
            return None
    return answer


def parameter_slopes(step: Step, name: str, index: tuple[int, ...]) -> Array:
    """Return how each output answers to one entry of a parameter: dy/dw, (N, outputs).

    >>> y, tape = Sequential(Dense(2, 2, rng=0)).forward([[5.0, 7.0]])
    >>> parameter_slopes(tape[0], "W", (1, 0))
    array([[7., 0.]])
    """
    samples, outputs = len(step.y), step.y[0].size
    units = _answering(step, name, index)
    slopes = np.zeros((samples, outputs))
    whole = bool(step.layer.generators())  # a random layer would draw anew for a single sample
    for sample in range(samples if units else 0):  # one at a time: backward adds the samples' shares up
        y, cache = (step.y, step.cache) if whole else step.layer.forward(step.x[sample : sample + 1])
        for unit in units:
            dy = np.zeros((len(y), outputs))
            dy[sample if whole else 0, unit] = 1
            slopes[sample, unit] = step.layer.backward(dy.reshape(y.shape), cache)[1][name][index]
    return slopes


def _answering(step: Step, name: str, index: tuple[int, ...]) -> list[int]:
    """Return the outputs that depend on the entry at all: halve the outputs until each part is one unit or silent."""
    random = np.random.default_rng(0).normal(size=(len(step.y), step.y[0].size))
    found, parts = [], [(0, step.y[0].size)]
    while parts:
        start, stop = parts.pop()
        dy = np.zeros_like(random)
        dy[:, start:stop] = random[:, start:stop]
        _, grads = step.layer.backward(dy.reshape(step.y.shape), step.cache)
        if grads[name][index] == 0:
            continue
        if stop - start == 1:
            found.append(start)
        else:
            middle = (start + stop) // 2
            parts += [(start, middle), (middle, stop)]
    return found
