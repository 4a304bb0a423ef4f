"""Mistakes with one neuron, its loss and its graph: a sum, a sign, a value taken for another.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.mistake import Edit, Mistake
from bplearn.exercises.engine.texts import words

_SIGMOID = r"1 / \(1 \+ np\.exp\(-(z\d?)\)\)"

_EDITS: dict[str, tuple[Edit, ...]] = {
    "slope-for-value": (
        (rf"a = {_SIGMOID}", r"a = np.exp(-\1) / (1 + np.exp(-\1)) ** 2"),
        (r"np\.where\(z >= 0, 1, small\) / \(1 \+ small\)", "small / (1 + small) ** 2"),
    ),
    "some-inputs-only": tuple(
        (r"z = x @ w", f"z = {wrong}") for wrong in ("x[0] * w[0]", "x[:-1] @ w[:-1]", "x[1:] @ w[1:]")
    ),
    "sums-multiplied": (
        (r"z = x @ w", "z = np.sum(x) * np.sum(w)"),
        (r"dz2 @ W2\.T", "dz2.sum(axis=1, keepdims=True) * W2.sum(axis=1)"),
    ),
    "bias-multiplied": ((r"(x @ [wW]) \+ b", r"(\1) * b"),),
    "bias-twice": ((r"(x @ [wW]) \+ b", r"\1 + 2 * b"),),
    "one-bias-for-all": ((r"b = \(n_out,\)", "b = (1,)"),),
    "sign-lost-on-the-way": (
        (r"np\.where\(z >= 0, 1, small\)", "1"),
        (r"learning_rate \* slope\(x\)", "learning_rate * abs(slope(x))"),
        (r"\((f\(w \+ \w+\) - f\(w - \w+\))\)", r"abs(\1)"),
    ),
    "sum-squared": ((r"np\.sum\(\(y - t\) \*\* 2\)", "np.sum(y - t) ** 2"),),
    "squared-error-for-entropy": (
        (r"-np\.sum\(t \* np\.log\(p\) .*\) / N", "np.sum((p - t) ** 2) / N"),
        (r"-np\.sum\(np\.log\(p\[np\.arange\(N\), t\]\)\) / N", "np.sum((1 - p[np.arange(N), t]) ** 2) / N"),
    ),
    "logarithm-too-many": (
        (
            r"p = raised / raised\.sum\(axis=1, keepdims=True\)(?=\n    return)",
            "p = np.log(raised / raised.sum(axis=1, keepdims=True))",
        ),
    ),
    "one-subtracted-everywhere": ((r"\(p - truth\)", "(p - 1)"),),
    "log-of-the-others": ((r"np\.log\(p\[np\.arange\(N\), t\]\)", "np.log(1 - p[np.arange(N), t])"),),
    "value-for-derivative": (
        (r"df = dL \* d", "df = dL * d * f"),
        (r"learning_rate \* slope\(x\)", "learning_rate * x"),
    ),
    "shared-out": (
        (r"(grads\[[ij]\]) \+= g$", r"\1 += g / 2"),
        (r"k = i if .*\n(\s+)grads\[k\] \+= g", r"grads[i] += g / 2\n\1grads[j] += g / 2"),
    ),
    "first-for-largest": ((r"k = i if .*$", "k = i"),),
    "difference-forgotten": ((r"= \(y - t\) \* y", "= y"),),
    "z-let-through": (
        (r"dy \* \(z > 0\)", "np.where(z > 0, dy, z)"),
        (r"= (dz2 @ .*?) \* \((z1) > 0\)", r"= np.where(\2 > 0, \1, \2)"),
    ),
    "divided-by-the-rate": ((r"learning_rate \* slope\(x\)", "slope(x) / learning_rate"),),
}

EARLY = tuple(Mistake(**words(name), group="further", edits=edits) for name, edits in _EDITS.items())
