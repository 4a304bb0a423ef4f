"""The error of a difference against its step h: a U, bent on the left by rounding and on the right by curvature.

It shows why h is neither as small as possible nor large, and why the central difference is worth its second look at f.
Taught in notebooks/01_one_neuron.ipynb and notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import RNG, Array, all_finite, as_floats, as_rng, expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.gradcheck.check import along
from bplearn.explain.gradcheck.subjects import claim_of
from bplearn.show.table import Table, Tabular
from bplearn.show.text import short


@final
@dataclass(frozen=True, eq=False, repr=False)
class StepSizeCurve(Tabular):
    """Relative errors of the one-sided and the central difference for each step `h`, largest step first.

    `.best_h` is the step at which the central difference is best; `slope` the derivative they are compared with.
    """

    title: str
    slope: float
    h: Array
    one_sided: Array
    central: Array

    @property
    def best_h(self) -> float:
        """The step at which the central difference is best."""
        return float(self.h[np.nanargmin(self.central)])

    def table(self) -> Table:
        """Return the errors as a table, a row for each step."""
        triples = zip(self.h, self.one_sided, self.central, strict=True)
        rows = tuple((short(h, 1), short(one_sided, 2), short(central, 2)) for h, one_sided, central in triples)
        title = f"Relative error of differences, {self.title}"
        return Table(title, ("h", "one-sided", "central"), rows, (f"best h: {short(self.best_h, 1)}",))


def h_curve(
    subject: Any,
    x: Any,
    target: Any = None,
    loss: Any = None,
    *,
    gradient: Any = None,
    h: Any = None,
    rng: RNG = 0,
) -> StepSizeCurve:
    """Return the relative error of differences for steps h from 0.1 to 1e-12, or for the steps given.

    h_curve(f, x, gradient=df)           a function of a number or an array; df is a number, an array or a function
    h_curve(network, x, target, loss)    a network, moved along one random direction of its parameters
    h_curve(layer, x), h_curve(loss, prediction, target)
    one-sided: (f(x + h) - f(x)) / h, error about h; central: (f(x + h) - f(x - h)) / (2 h), error about h^2
    An array is moved along one random direction of signs. Raises: ArgumentError where the slope there is zero.

    >>> h_curve(np.sin, 1.0, gradient=np.cos, h=[1e-2, 1e-5, 1e-12]).central.round(7)
    array([1.67e-05, 0.00e+00, 2.27e-05])

    Introduced in: notebooks/10_check_your_gradients.ipynb
    """
    generator = as_rng(rng)
    steps = 10.0 ** -np.arange(1, 12.5, 0.5) if h is None else all_finite(as_floats(h, "h"), "h").reshape(-1)
    if (steps <= 0).any():
        raise ArgumentError(expected_got("h", "steps above zero", repr(h)))
    with np.errstate(all="ignore"):
        claim = claim_of(subject, x, target, loss, gradient, generator)
        names = [name for name in claim.values if name != "x"] or list(claim.values)
        directions = {name: generator.choice([-1.0, 1.0], size=claim.values[name].shape) for name in names}
        single = all(array.size == 1 for array in directions.values())
        directions = {name: np.ones_like(v) for name, v in directions.items()} if single else directions
        chosen = max(names, key=lambda name: abs(float(np.vdot(claim.gradient[name], directions[name]))))
        expected = float(np.vdot(claim.gradient[chosen], directions[chosen]))
        if expected == 0:
            advice = "A relative error needs a slope: take another x."
            raise ArgumentError(expected_got("h_curve", "a slope that is not zero", "0", advice))
        f = along(claim, chosen, directions[chosen])
        ahead, behind = (np.array([f(sign * float(step)) for step in steps]) for sign in (1, -1))
        one_sided = np.abs((ahead - f(0.0)) / steps - expected) / abs(expected)
        central = np.abs((ahead - behind) / (2 * steps) - expected) / abs(expected)
    return StepSizeCurve(f"{claim.title}, {chosen}, slope {short(expected)}", expected, steps, one_sided, central)
