"""Mistakes that answers written apart from the catalogue have taught: each is a kind, made wherever it can occur.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.mistake import Edit, Mistake
from bplearn.exercises.engine.texts import words

_SLOPE = r" \* (a1\[j\]|a1|y) \* \(1 - \1\)"
_MASK = r"\((z1?) > 0\)"
_SIGMOID = r"1 / \(1 \+ np\.exp\(-(z\d?)\)\)"
_RELU = r"np\.maximum\((z1?), 0\)"
_ROWS = r"order\[start : start \+ batch_size\]"
_NUDGED = r"(\n        )nudge = .*\n        nudge.*\n        grad.*\n"
_DB = r"(db\d?) = (\w+)\.sum\(axis=0\)"
_DW = r"(dW\d?) = (\w+)\.T @ (\w+)$"

_EDITS: dict[str, tuple[Edit, ...]] = {
    "other-activation": (
        *(
            *(
                *((_SIGMOID, f"np.{name}(\\1)") for name in ("tanh", "sign")),
                *((_SIGMOID, wrong) for wrong in (r"np.maximum(\1, 0)", r"(1.0 * (\1 > 0))", r"np.minimum(\1, 0)")),
                (r"np\.where\(z >= 0, 1, small\) / \(1 \+ small\)", "np.tanh(z)"),
                (r"np\.where\(z >= 0, 1, small\) / \(1 \+ small\)", "(z > 0) * 1.0"),
                (r"np\.tanh\((z1)\)", r"1 / (1 + np.exp(-\1))"),
                (r"np\.tanh\((z1)\)", r"np.maximum(\1, 0)"),
                *(
                    (_RELU, wrong)
                    for wrong in (r"1 / (1 + np.exp(-\1))", r"np.tanh(\1)", r"abs(\1)", r"np.minimum(\1, 0)")
                ),
                (_RELU, r"1.0 * (\1 > 0)"),
                (r"p = raised / raised\.sum\(axis=1, keepdims=True\)", "p = 1 / (1 + np.exp(-z))"),
            ),
            *(
                (r"y = 1 / \(1 \+ np\.exp\(-z2\)\)", f"y = {wrong}")
                for wrong in ("np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)", "np.tanh(z2)")
            ),
            (r"np\.tanh\(x @ W \+ b\)", "1 / (1 + np.exp(-(x @ W + b)))"),
            (r"np\.tanh\(x @ W \+ b\)", "np.maximum(x @ W + b, 0)"),
            (r"\.tanh\(\)", ".relu()"),
        ),
        (r"p = raised / raised\.sum\(axis=1, keepdims=True\)", r"p = 1.0 * (raised == 1)"),
    ),
    "other-slope": (
        *(
            (_SLOPE, r" * (1 - \1**2)"),
            *((_MASK, wrong) for wrong in (r"(\1 * (1 - \1))", r"(1 - \1**2)", r"np.where(\1 > 0, 1, 0.01)")),
            (_MASK, r"(1 / (1 + np.exp(-\1)) * (1 - 1 / (1 + np.exp(-\1))))"),
        ),
        (_MASK, r"np.sign(\1)"),
    ),
    "activation-twice": (
        *(
            (rf"y = {_SIGMOID}", r"y = 1 / (1 + np.exp(-1 / (1 + np.exp(-\1))))"),
            (r"^    dz2 = \(y - t\) \* y", "    y = 1 / (1 + np.exp(-y))\n    dz2 = (y - t) * y"),
        ),
        (rf"a = {_SIGMOID}", r"a = 1 / (1 + np.exp(-1 / (1 + np.exp(-\1))))"),
        (r"np\.tanh\(z1\)", "np.tanh(np.tanh(z1))"),
    ),
    "bias-inside-the-sum": ((r"x @ w \+ b", "np.sum(x * w + b)"), (r"x @ W \+ b", "x @ (W + b)")),
    "divided-by-outputs": (
        (r"N = len\(y\)", "N = y.shape[1]"),
        (r"(dy = \(y - t\)) / N", r"\1 / y.shape[1]"),
        (r"(dz2? = \(p - truth\)) / N", r"\1 / p.shape[1]"),
        (r"N = len\(x\)", "N = t.shape[1]"),
        (r"np\.mean\(guesses == t\)", "np.sum(guesses == t) / scores.shape[1]"),
    ),
    "loss-for-derivative": (
        (r"= \(y - t\) ([*/])", r"= (y - t) ** 2 / 2 \1"),
        (r"= \(y - t\) ([*/])", r"= (y - t) ** 2 \1"),
    ),
    "truth-not-subtracted": ((r"\(p - (?:truth|t)\)", "p"),),
    "scores-for-probabilities": (
        (r"dz = \(p - (truth|t)\)", r"dz = (z - \1)"),
        (r"dz2 = \(p - truth\)", "dz2 = (z2 - truth)"),
        (r"^    p = 1 / .*$", "    p = z"),
    ),
    "log-forgotten": ((r"-np\.sum\(np\.log\((p\[.*?\])\)\)", r"-np.sum(\1)"),),
    "not-normalized": (
        (r"p = raised / raised\.sum\(axis=1, keepdims=True\)", "p = raised"),
        (r"p = raised / raised\.sum\(axis=1, keepdims=True\)", "p = raised / raised.max(axis=1, keepdims=True)"),
    ),
    "exp-forgotten": ((r"raised = np\.exp\((z2?) - .*\)$", r"raised = \1"),),
    "one-maximum-for-all": (
        *((r"(z2?)\.max\(axis=1, keepdims=True\)", r"\1.max()"),),
        (r"x\.max\(axis=1, keepdims=True\)", "x.max()"),
    ),
    "zeros-do-not-count": (
        *((r"t \* np\.log\(p\) \+ \(1 - t\) \* np\.log\(1 - p\)", "t * np.log(p)"),),
        (r"t \* np\.log\(p\) \+ \(1 - t\) \* np\.log\(1 - p\)", "(1 - t) * np.log(1 - p)"),
    ),
    "sum-as-product": (
        *((r"(d[ce]) = dd$", rf"\1 = dd * {other}") for other in ("c", "e")),
        (r"da \+= ds\n    db \+= ds", "da += ds * b\n    db += ds * a"),
    ),
    "paths-multiplied": ((r"(d[ab]) \+= ds", r"\1 *= ds"),),
    "walk-begins-wrong": (
        *((r"^    grads\[-1\] = 1\.0\n", ""), (r"\[0\.0\] \* len", "[1.0] * len")),
        (r"grads\[-1\] = 1\.0", "grads[-1] = values[-1]"),
    ),
    "mask-turned": ((_MASK, r"(\1 < 0)"),),
    "another-place": (
        (r"W2\[j\]", "W2[i]"),
        (r"^    paths =", "    i, j = j, i\n    paths ="),
        (r"x\[i\]", "x[j]"),
        (r"x\[i\]", "a1[j]"),
        (r"a1\[j\] \* \(1 - a1\[j\]\)", "a1[i] * (1 - a1[i])"),
    ),
    "paths-summed": ((r"paths = (.*)$", r"paths = np.sum(\1)"),),
    "change-for-new": (
        *(
            (r"^(\s+)([Wbwx]\d?(?:\.data)?) = \2 - (.+)$", r"\1\2 = -\3"),
            (r"^    return W1, b1, W2, b2", "    return dW1, db1, dW2, db2"),
        ),
        (r"x = x - (learning_rate \* slope)", r"x = \1"),
    ),
    "relu-in-place": ((_RELU, r"np.maximum(\1, 0, out=\1)"),),
    "first-rows-again": ((_ROWS, "order[:batch_size]"),),
    "shared-by-objects": ((r"self\.cache", "type(self).cache"),),
    "nudged-together": (
        (
            r"^    grad = [\s\S]*return grad$",
            "    grad = np.zeros(len(x))\n    for k in range(len(x)):\n        nudge = np.zeros(x.shape)\n"
            "        nudge[k] = h\n        grad[k] = (f(x + nudge) - f(x - nudge)) / (2 * h)\n    return grad",
        ),
        (r"nudge\[place\] = h", "nudge[...] = h"),
        (r"nudge\[place\] = h", "nudge[place[0]] = h"),
    ),
    "nudge-not-undone": (
        (r"^(    for place .*\n)    (    nudge = .*\n)", r"\2\1"),
        (r"f\(x \+ nudge\) - f\(x - nudge\)", "f(x) - f(x - nudge)"),
        (_NUDGED, r"\1x[place] += h\1up = f(x)\1x[place] -= 2 * h\1grad[place] = (up - f(x)) / (2 * h)" + "\n"),
        *((r"^(        grad\[place\] = .*\n)", rf"\1        x = x {sign} nudge\n") for sign in "+-"),
        (r"f\(x \+ nudge\) - f\(x - nudge\)(.*\n)", r"f(x + nudge) - f(x)\1        x = x + nudge\n"),
        (r"(grad\[place\] = \()f\(x \+ nudge\)", r"x[place] += h\n        \1f(x)"),
    ),
    "run-forgotten": (*((r" / \(2 \* h\)", ""),), (r" / \(2 \* h\)", " / 2"), (r" / \(2 \* h\)", " * (2 * h)")),
    "n-minus-one": ((r"train\.std\(axis=0\)", "train.std(axis=0, ddof=1)"),),
    "smallest-for-largest": (
        *((r"argmax", "argmin"),),
        (r"x\.max\(axis=1", "x.min(axis=1"),
        (r"values\[i\] > values\[j\]", "values[i] < values[j]"),
    ),
    "never-stops": ((r"^        elif epoch - best >= patience:\n.*\n", ""),),
    "bias-after-activation": (
        (rf"z = x @ w \+ b\n    a = {_SIGMOID}", r"z = x @ w\n    a = 1 / (1 + np.exp(-z)) + b"),
    ),
    "log-of-mean": ((r"-np\.sum\(np\.log\((p\[.*?\])\)\) / N", r"-np.log(np.mean(\1))"),),
    "other-logarithm": tuple((r"np\.log\(", f"np.{name}(") for name in ("log2", "log10")),
    "paths-subtracted": ((r"(d[ab]) \+= ds", r"\1 -= ds"),),
    "exp-of-the-input": (
        *((r"g \* values\[first \+ place\]", "g * values[i]"),),
        (r"g \* values\[first \+ place\]", "g * np.exp(values[first + place])"),
    ),
    "maximum-to-both": ((r"k = i if .*\n(\s+)grads\[k\] \+= g", r"grads[i] += g\n\1grads[j] += g"),),
    "counted-twice": ((r"(\s+)grads\[i\] (\+= g \* values\[first \+ place\])", r"\1grads[i] \2\1grads[j] \2"),),
    "inputs-exchanged": ((r"x\.T @ dz1\n([\s\S]*?)a1\.T @ dz2", r"a1.T @ dz1\n\1x.T @ dz2"),),
    "keep-forgotten": ((r"dW = \(mask \* x / keep\)", "dW = (mask * x)"),),
    "mask-forgotten": tuple((r"dW = \(mask \* x / keep\)", f"dW = {wrong}") for wrong in ("x", "(x / keep)")),
    "keep-for-drop": ((r"< keep", "> keep"), (r"< keep", "< 1 - keep"), (r"/ keep", "/ (1 - keep)")),
    "deviation-forgotten": ((r"\) / std\n([\s\S]*)\) / std", r")\n\1)"), (r"centred / size", "centred")),
    "loss-for-epoch": (
        *((r"return best, epoch\n(\s+)return best,", r"return best_loss, epoch\n\1return best_loss,"),),
        (r"return best, epoch\n", "return best_loss, epoch\n"),
        (r"return best, len", "return best_loss, len"),
        (r"return best, epoch\n(\s+)return best, len\(losses\)", r"return best_loss, loss\n\1return best_loss, loss"),
    ),
    "waiting-not-renewed": (
        (
            r"best, best_loss = 0, np\.inf\n([\s\S]*)elif epoch - best >= patience:\n",
            r"best, best_loss, waited = 0, np.inf, 0\n\1elif (waited := waited + 1) == patience:\n",
        ),
    ),
    "weights-exchanged": ((r"z = x @ w", "z = x[::-1] @ w"),),
    "weights-for-each-sample": (
        *((r"W = \(n_in, n_out\)", "W = (N, n_out)"),),
        (r"W = \(n_in, n_out\)", "W = (n_in, N)"),
    ),
    "output-as-wide-as-input": ((r"y = \(N, n_out\)", "y = (N, n_in)"),),
    "slope-of-the-target": ((r"(\(y - t\)) \* y \* \(1 - y\)", r"\1 * t * (1 - t)"),),
    "reshaped-not-transposed": (
        (r"((?:self\.)?W\d?)\.T\b", r"\1.reshape(\1.shape[::-1])"),
        (r"\b(x|a1|a)\.T\b", r"\1.reshape(\1.shape[::-1])"),
    ),
    "only-the-sign": (
        (r"learning_rate \* slope\(x\)", "learning_rate * np.sign(slope(x))"),
        (r"-learning_rate \* v$", "-learning_rate * np.sign(v)"),
    ),
    "gradients-at-the-start": (
        (
            r"^(    for order in orders:\n[\s\S]*)\*parameters\)([\s\S]*)parameters\[2\]",
            r"    first = parameters\n\1*first)\2first[2]",
        ),
        (r"^(    for order in orders:\n[\s\S]*)\*parameters\)", r"    first = parameters\n\1*first)"),
    ),
    "sample-left-out": (
        *((_DB, rf"\1 = \2[{rows}].sum(axis=0)") for rows in (":-1", "1:")),
        *((_DW, rf"\1 = \2[{rows}].T @ \3[{rows}]") for rows in (":-1", "1:")),
    ),
    "input-for-error": ((r"dx = dy \+", "dx = x +"),),
    "slope-of-the-sum": ((r"\(1 - a\*\*2\)", "(1 - y**2)"),),
    "decay-not-in-loss": ((r" \+ weight_decay \* np\.sum\(W\*\*2\) / 2", ""),),
    "new-for-old": (
        (r"b = b - learning_rate \* db$", "b = b - learning_rate * (2 * (x @ W + b - t) / N).sum(axis=0)"),
    ),
    "ends-exchanged": tuple(
        (r"x\[:n_train\], x\[n_train:\]", wrong) for wrong in ("x[-n_train:], x[:-n_train]", "x[n_train:], x[:n_train]")
    ),
    "best-of-all-epochs": ((r"return best, epoch\n", "return int(np.argmin(losses)) + 1, epoch\n"),),
    "stop-for-best": (
        (r"return best, len\(losses\)", "return len(losses), len(losses)"),
        (r"return best, epoch\n", "return epoch, epoch\n"),
    ),
    "term-left-out": (
        (r"df = dL \* d", "df = dL * e"),
        (r"df = dL \* d", "df = dL * c"),
        (r"dp = s$", "dp = a"),
        (r"dp = s$", "dp = b"),
    ),
    "local-derivative-missing": (
        (r"= (de|dp|dd|df) \* \w+$", r"= \1"),
        (r"g \* values\[first \+ place\]", "g"),
        (r"g \* values\[[ij]\]", "g"),
        (r"da = dy / b", "da = dy"),
        (r"= dy\[:, None\] \* winner", "= dy[:, None] + 0 * winner"),
    ),
    "yes-and-no-exchanged": (
        (r"t \* np\.log\(p\) \+ \(1 - t\) \* np\.log\(1 - p\)", "t * np.log(1 - p) + (1 - t) * np.log(p)"),
    ),
    "term-with-wrong-sign": (
        *(
            (r"\+ (\(1 - t\) \* np\.log)", r"- \1"),
            (_SIGMOID, r"1 / (1 - np.exp(-\1))"),
            (r"dx = dy \+ ", "dx = dy - "),
            (r"momentum \* v \+ g", "g - momentum * v"),
            (r"1 - a\*\*2", "1 + a**2"),
            (r"dy = dy \+ \(dy", "dy = dy - (dy"),
            (r"@ w - t", "@ w + t"),
            (r"1 - (beta\d\*\*step)", r"1 + \1"),
            (r"\((t\w+) - mean\)", r"(\1 + mean)"),
            (r"y = x \+ a$", "y = x - a"),
        ),
        (r"(f\([wx] \+ \w+\)) - (f\([wx] - \w+\))", r"\1 + \2"),
    ),
    "guess-for-truth": ((r"p\[np\.arange\(N\), t\]", "p.max(axis=1)"),),
    "all-classes-counted": ((r"np\.log\(p\[np\.arange\(N\), t\]\)", "np.log(p)"),),
    "stale-weights": (
        (r"= W1, b1, W2, b2\n([\s\S]*)self\.W2\.T", r"= W1, b1, W2, b2\n        self.old = W2\n\1self.old.T"),
    ),
    "keep-multiplied": ((r"mask \* x / keep", "mask * x * keep"),),
    "keep-left-out": ((r"^(    y = \(mask \* x) / keep([\s\S]*) / keep", r"\1\2"),),
    "squares-summed": ((r"np\.mean\(centred\*\*2\)", "np.sum(centred**2)"),),
    "half-of-z-forgotten": (
        (_SIGMOID, r"(1 + np.tanh(\1)) / 2"),
        (r"np\.where\(z >= 0, 1, small\) / \(1 \+ small\)", "(1 + np.tanh(z)) / 2"),
    ),
    "reciprocal-forgotten": ((_SIGMOID, r"1 + np.exp(-\1)"),),
    "denominator-forgotten": (
        *(
            (r"np\.where\(z >= 0, 1, small\) / \(1 \+ small\)", f"np.where(z {sign} 0, 1 / (1 + small), small)")
            for sign in (">=", ">")
        ),
    ),
    "only-the-last-term": ((r"z = x @ w \+ b", "z = x[-1] * w[-1] + b"),),
    "input-shape-for-weights": ((r"W = \(n_in, n_out\)", "W = (N, n_in)"),),
    "biases-summed": ((r"(@ (?:self\.)?W\d?) \+ ((?:self\.)?b\d?)$", r"\1 + \2.sum()"),),
    "length-for-sum": (
        (r"raised / raised\.sum\(axis=1, keepdims=True\)", "raised / np.sqrt((raised**2).sum(axis=1, keepdims=True))"),
    ),
    "exponent-turned": ((r"np\.exp\((z2?) - \1\.max\(axis=1, keepdims=True\)\)", r"np.exp(\1.min() - \1)"),),
    "own-value-too": (
        *((r"da = de \* b", "da = de * b * a"), (r"db = de \* a", "db = de * a * b")),
        (r"g \* values\[[ij]\]", "g * values[i] * values[j]"),
    ),
    "product-as-sum": (
        (r"df = dL \* d$", "df = dL * (a + b + c)"),
        (r"p = a \* b", "p = a + b"),
    ),
    "one-left-out": ((r"reversed\(range\(len\((operations|weights)\)\)\)", r"reversed(range(1, len(\1)))"),),
    "slope-too-many": ((r"(dW2) = a1\.T", r"\1 = (a1 * (1 - a1)).T"),),
    "output-for-hidden": ((r"(dW2) = a1\.T", r"\1 = y.T"),),
    "max-for-maximum": ((_RELU, r"np.max(\1, 0)"),),
    "one-block-only": tuple((r"\* \(1 - 0\.2\) \* \(1 \+ 0\.5\)", f"* ({one})") for one in ("1 - 0.2", "1 + 0.5")),
    "slope-on-the-other-side": ((r"\(dy \* slopes\[k\]\) @ weights\[k\]\.T", "(dy @ weights[k].T) * slopes[k]"),),
    "quotient-turned": (
        (r"da = dy / b", "da = dy / a"),
        (r"dy / b$", "dy * b"),
        (r"da = dy / b", "da = dy * a"),
        (r"-dy \* a / b\*\*2", "-dy / b**2"),
        (r"-dy \* a / b\*\*2", "-dy * b / a**2"),
    ),
    "squared-difference-not-squared": (
        (r"\((y - t)\) \*\* 2", r"abs(\1)"),
        (r"\((y - t)\) \*\* 2", r"(\1)"),
        (r"\(\((Tensor\(x\) @ w) - t\) \*\* 2\)", r"(\1 - t)"),
        (r"\(error \* error\)", "error"),
    ),
}

_OF_ONE_EXERCISE = (
    "biases-updated-too",
    "one-call-missing",
    "before-the-step",
    "layers-miscounted",
    "samples-for-updates",
)

FURTHER = (
    *(
        Mistake(**words(name), group="further", edits=edits, shows_nan=name == "one-maximum-for-all")
        for name, edits in _EDITS.items()
    ),
    *(Mistake(**words(name), group="further") for name in _OF_ONE_EXERCISE),
)
