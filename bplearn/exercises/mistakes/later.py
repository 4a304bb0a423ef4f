"""Mistakes that can occur in any exercise, and those of notebook 10 and of notebooks 14 to 16.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.mistake import Edit, Mistake
from bplearn.exercises.engine.texts import words

_BOTH_SIDES = r"f\(x \+ nudge\) - f\(x - nudge\)"
_WINNERS = r"    winner = .*\n    dx = .*\n"
_ADDED_ROWS = r"    np\.add\.at\(dW, t, dy\)\n"
_DECAY = r"weight_decay \* W$"
_PENALTY = r"np\.sum\(W\*\*2\) / 2"
_SHARE = r"np\.mean\(guesses == t\)"
_WAIT = (
    r"best, best_loss = 0, np\.inf\n([\s\S]*)"
    r"best, best_loss = epoch, loss\n(\s+)elif epoch - best >= patience:\n"
)
_RISING = "epoch > 1 and loss > losses[epoch - 2]"
_SQUARES = r"\(\((Tensor\(x\) @ w) - t\) \*\* 2\)\.mean\(\)"

_SETTINGS = (
    *(("momentum", number) for number in (0.9, 0.5)),
    *(("decay", number) for number in (0.9, 0.99)),
    *(("beta1", 0.9), ("beta2", 0.999), ("keep", 0.5), ("keep", 0.8)),
    *(("weight_decay", number) for number in (0.01, 0.1, 0.001)),
    *(("patience", number) for number in (1, 2, 3)),
)

_EDITS: dict[str, tuple[Edit, ...]] = {
    # any exercise
    "returned-in-the-loop": (
        (r"^            (step\(.*)$", r"            return \1"),
        (r"^            (step\(.*)$", r"            \1\n        return"),
        (r"(\n        .*\n)    return (.+)$", r"\1        return \2"),
        (r"(\n    (    )+.*\n)    return (.+)$", r"\1        return \3"),
        (r"    np\.add\.at\(dW, t, dy\)\n", "    dW[t[0]] += dy[0]\n"),
        (r"np\.mean\(guesses == t\)", "1.0 * (guesses == t)[0]"),
        (r"np\.mean\(guesses == t\)", "(guesses == t)[0] / len(t)"),
    ),
    "target-forgotten": ((r"\(y - t\)", "y"), (r" @ (w|W2) - t", r" @ \1")),
    "multiplied-for-added": ((r"y = x \+ a$", "y = x * a"),),
    "setting-written-in": (
        *((r"^(    grad = np\.zeros\(x\.shape\)\n)", rf"\1    h = {step}\n") for step in (1e-5, 1e-3)),
        (r"^(    return \(f\(w)", r"    h = 1e-5\n\1"),
        *((r"learning_rate \*", f"{rate} *") for rate in (0.5, 0.1, 0.01)),
        *(
            (rf"^(def \w+\(.*\b{name}\b.*\):\n(?:    \"\"\"[^\"]*\"\"\"\n)?)", rf"\g<1>    {name} = {number}\n")
            for name, number in _SETTINGS
        ),
    ),
    "twice-for-square": (
        (r"(?<!np\.sum\()(?<!np\.mean\()\b(\w+)\*\*2\b", r"2 * \1"),
        (r"(?<!np\.sum\()(?<!np\.mean\()\b(\w+)\*\*2\b", r"(2 * \1)"),
    ),
    "whole-division": ((r" / (N|\(2 \* N\)|\(2 \* h\)|keep)(?=$|\))", r" // \1"),),
    "made-anew-in-the-loop": (
        (r"^    (\w+ = np\.zeros.*\n)(    for .*:\n)", r"\2        \1"),
        (_ADDED_ROWS, "    for n in range(len(t)):\n        dW = 0 * dW\n        dW[t[n]] += dy[n]\n"),
    ),
    "keepdims-forgotten": ((r", keepdims=True", ""),),
    "multiplied-not-divided": (
        (r" / \((np\.sqrt|1 - beta)", r" * (\1"),
        (r"\) / std", ") * std"),
        (r"centred / size", "centred * size"),
    ),
    # 10: a checker, and the clinics
    "added-not-subtracted": ((r"nudge\) - f", "nudge) + f"),),
    "nudge-alone": ((_BOTH_SIDES, "f(nudge) - f(-nudge)"),),
    "nudge-by-a-share": ((r"nudge\[place\] = h", "nudge[place] = h * x[place]"),),
    "second-derivative": (
        (rf"\({_BOTH_SIDES}\) / \(2 \* h\)", "(f(x + nudge) - 2 * f(x) + f(x - nudge)) / h**2"),
        (rf"\({_BOTH_SIDES}\) / \(2 \* h\)", "(f(x + nudge) - 2 * f(x) + f(x - nudge)) / h"),
    ),
    "place-for-row": ((_WINNERS, "    dx = np.zeros(x.shape)\n    dx[x.argmax(axis=1)] = dy[:, None]\n"),),
    "columns-of-all-rows": ((_WINNERS, "    dx = np.zeros(x.shape)\n    dx[:, x.argmax(axis=1)] = dy[:, None]\n"),),
    "losers-for-winner": ((r"x == x\.max", "x != x.max"),),
    "softmax-for-maximum": ((r"x == x\.max\(.*$", "np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)"),),
    "value-for-slope": ((r"\* winner$", "* winner * x"),),
    "decay-left-out": ((rf" \+ weight_decay \* {_PENALTY}([\s\S]*?) \+ {_DECAY}", r"\1"),),
    "decay-on-the-bias-alone": (
        (rf"(x\.T @ dy) \+ {_DECAY}(\n.*)$", r"\1\2 + weight_decay * b"),
        (rf"dW = dW \+ {_DECAY}", "db = db + weight_decay * b"),
    ),
    "decay-of-the-gradient": (
        (rf"(x\.T @ dy) \+ {_DECAY}", r"(1 + weight_decay) * (\1)"),
        (rf"dW = dW \+ {_DECAY}", "dW = dW + weight_decay * dW"),
    ),
    "penalty-not-squared": ((_PENALTY, "np.sum(W) / 2"), (_PENALTY, "np.sum(abs(W)) / 2"), (_PENALTY, "np.sum(W)")),
    "penalty-for-its-slope": (
        *((_DECAY, f"weight_decay * {wrong}") for wrong in ("W**2 / 2", "W**2", "np.sum(W**2) / 2", "np.sum(W)")),
    ),
    "decay-by-sign": ((_DECAY, "weight_decay * np.sign(W)"),),
    "decay-rate-not-used": ((_DECAY, "W"), (rf"weight_decay \* {_PENALTY}", "np.sum(W**2) / 2")),
    "rows-counted-in-t": tuple(
        (r"np\.zeros\(\(count,", f"np.zeros(({wrong},") for wrong in ("len(set(t.tolist()))", "t.max() + 1", "len(t)")
    ),
    "errors-picked-by-t": ((r"at\(dW, t, dy\)", "at(dW, t, dy[t])"),),
    "first-pick-alone": ((_ADDED_ROWS, "    dW[t[::-1]] = dy[::-1]\n"),),
    "one-sum-for-a-row": ((r"at\(dW, t, dy\)", "at(dW, t, dy.sum(axis=1, keepdims=True))"),),
    "picked-not-added": ((rf"    dW = np\.zeros.*\n{_ADDED_ROWS}", "    dW = dy[t]\n"),),
    "all-errors-to-each-row": ((_ADDED_ROWS, "    dW[t] = dy.sum(axis=0)\n"),),
    "z-overwritten": ((r"    dz = dy \* \(z > 0\)", "    z[z <= 0] = 0\n    z[z > 0] = 1\n    dz = dy * z"),),
    "keep-twice": (
        (r"(\(mask \* x / keep\)\.T @ r)$", r"\1 / keep"),
        (r"^(    y = \(mask \* x / keep\) @ W)", r"\1 / keep"),
    ),
    "one-mask-for-all": ((r"rng\.random\(x\.shape\)", "rng.random(x.shape[1])"),),
    "nothing-dropped": (
        (r"rng\.random\(x\.shape\) < keep", "np.ones(x.shape)"),
        (r"^(    y = \()mask \* x / keep([\s\S]*\()mask \* x / keep", r"\1x\2x"),
    ),
    "same-array-twice": (
        (
            r"(\n        )nudge = .*\n        nudge.*\n        grad.*",
            r"\1up = x\1up[place] += h\1down = x\1down[place] -= h\1grad[place] = (f(up) - f(down)) / (2 * h)",
        ),
    ),
    "dropped-behind-the-layer": (
        (
            r"rng\.random\(x\.shape\) < keep\n    y = .*\n([\s\S]*)\(mask \* x / keep\)\.T @ r",
            r"rng.random(r.shape) < keep\n    y = mask * (x @ W) / keep\n\1x.T @ (mask * r / keep)",
        ),
    ),
    "output-for-error": ((r"\.T @ r$", ".T @ y"),),
    # 14: judging
    "score-for-share": ((_SHARE, "np.mean(scores[np.arange(len(t)), t])"),),
    "rounded": tuple((r"return share$", f"return round(share, {digits})") for digits in (2, 1, 3)),
    "count-of-one-less": (
        (_SHARE, "np.sum(guesses == t) / (len(t) - 1)"),
        (_SQUARES, r"((\1 - t) ** 2).sum() * (1 / (len(x) - 1))"),
    ),
    "score-for-place": ((r"scores\.argmax\(axis=1\)", "scores.max(axis=1)"),),
    "own-threshold": tuple((_SHARE, f"np.mean(scores[np.arange(len(t)), t] > {cut})") for cut in (0.5, 0)),
    "counted-from-one": ((r"scores\.argmax\(axis=1\)", "scores.argmax(axis=1) + 1"),),
    "all-or-nothing": ((_SHARE, "1.0 * np.all(guesses == t)"), (_SHARE, "1.0 * np.any(guesses == t)")),
    "rows-standardized": (
        (
            r"    train = \(train - mean\) / std\n    test = .*\n",
            "    train, test = ((a - a.mean(axis=1, keepdims=True)) / a.std(axis=1, keepdims=True)"
            " for a in (train, test))\n",
        ),
    ),
    "measured-on-the-test-rows": (
        (r"train\.mean\(axis=0\), train\.std\(axis=0\)", "test.mean(axis=0), test.std(axis=0)"),
    ),
    "split-at-another-row": tuple(
        (r"x\[:n_train\], x\[n_train:\]", wrong)
        for wrong in ("x[: n_train + 1], x[n_train + 1 :]", "x[: n_train - 1], x[n_train - 1 :]")
    ),
    "smallest-and-largest": (
        (r"train\.mean\(axis=0\), train\.std\(axis=0\)", "train.min(axis=0), np.ptp(train, axis=0)"),
        (r"centred / size", "(row - row.min()) / np.ptp(row)"),
        (r"train\.std\(axis=0\)", "np.ptp(train, axis=0)"),
        (r"centred / size", "centred / np.ptp(row)"),
    ),
    "only-rises-wait": (
        (
            _WAIT,
            rf"best, best_loss, waited = 0, np.inf, 0\n\1best, best_loss, waited = epoch, loss, 0\n"
            rf"\2elif {_RISING} and (waited := waited + 1) >= patience:" + "\n",
        ),
        (
            _WAIT,
            rf"best, best_loss, waited = 0, np.inf, 0\n\1best, best_loss, waited = epoch, loss, 0\n"
            rf"\2elif (waited := waited + 1 if {_RISING} else 0) >= patience:" + "\n",
        ),
    ),
    "best-loss-not-kept": ((r"best, best_loss = epoch, loss", "best = epoch"),),
    "stop-beyond-the-end": ((r"return best, len\(losses\)", "return best, best + patience"),),
    "no-new-best": ((r"best_loss = 0, np\.inf", "best_loss = 0, 0"),),
    "best-begins-too-low": tuple((r"best_loss = 0, np\.inf", f"best_loss = 0, {low}") for low in ("1", "losses[0]")),
    # 15: tensors
    "product-for-quotient": ((r"da = dy / b\n    db = .*\n", "da = dy * b\n    db = dy * a\n"),),
    "axes-in-front-forgotten": ((r"    while .*\n.*\n", ""), (r"while dy", "if dy")),
    "axes-of-one-forgotten": ((r"    for axis, .*\n.*\n.*\n", ""),),
    "axes-that-stay": ((r"length == 1", "length != 1"),),
    "axes-at-the-wrong-end": ((r"dy = dy\.sum\(axis=0\)$", "dy = dy.sum(axis=-1)"),),
    "all-errors-to-each-number": (
        (r"    while dy\.ndim > len\(shape\):\n[\s\S]*return dy$", "    return np.full(shape, dy.sum())"),
    ),
    "calls-multiplied": ((r"slope \+ slope \+ slope", "slope * slope * slope"),),
    "factor-of-the-slope-missing": (),
    "averaged-over-steps": (
        (
            r"for _ in range\(steps\):\n        w\.zero_grad\(\)\n([\s\S]*rate \* w\.grad)",
            r"for k in range(1, steps + 1):\n\1 / k",
        ),
        (r"        w\.zero_grad\(\)\n([\s\S]*rate \* w\.grad)", r"\1 / steps"),
    ),
    "gradient-for-weights": ((r"return w\.data$", "return w.grad"),),
    "exp-before-cross-entropy": tuple(
        (r"cross_entropy\((Tensor\(x\) @ W), t\)", f"cross_entropy({wrong}, t)")
        for wrong in (
            *(r"(\1).exp()", r"(\1).tanh()", r"(\1).relu()"),
            *(rf"(\1).exp() / (\1).exp().sum({axis})" for axis in ("axis=0, keepdims=True", "")),
        )
    ),
    "power-lowered-twice": ((r"3 \* w\*\*2", "3 * w"),),
    "backward-twice": (
        (r"return (loss\.data, )?(W|w)\.grad$", r"return \g<1>2 * \2.grad"),
        (r"return W1\.grad, W2\.grad$", "return 2 * W1.grad, 2 * W2.grad"),
    ),
    "square-of-the-mean-error": ((_SQUARES, r"(\1 - t).mean() ** 2"),),
    "root-of-the-loss": ((_SQUARES, r"((\1 - t) ** 2).mean() ** 0.5"),),
    "divided-by-the-inputs": ((_SQUARES, r"((\1 - t) ** 2).sum() * (1 / len(w))"),),
    # 16: blocks
    "one-way-around-both": ((r"\(1 - 0\.2\) \* \(1 \+ 0\.5\)", "(1 - 0.2 * 0.5)"),),
    "error-in-the-sum": ((r"dy \* \(1 - 0\.2\) \* \(1 \+ 0\.5\)", "dy - 0.2 + 0.5"),),
    "tanh-slope-of-z": ((r"\(1 - a\*\*2\)", "(1 - (x @ W + b) ** 2)"),),
    "output-for-input": ((r"x\.T @ dz", "a.T @ dz"), (r"x\.T @ dz", "y.T @ dz")),
    "input-added-inside": ((r"y = x \+ a$", "y = np.tanh(x + x @ W + b)"),),
    "size-of-the-raw-row": ((r"np\.mean\(centred\*\*2\)", "np.mean(row**2)"),),
    "divided-by-another-size": (
        *((r"centred / size", f"centred / {wrong}") for wrong in ("np.mean(abs(centred))", "abs(centred).max()")),
        *((r"centred / size", f"centred / {wrong}") for wrong in ("row.max()", "row.sum()", "row.mean()")),
    ),
    "middle-for-mean": ((r"row\.mean\(\)", "np.median(row)"),),
    "one-array-for-all": ((r"        dy = dy \+ (\(dy .*\n)", r"        dy += \1"),),
    "error-not-passed-on": ((r"dy = (dy \+ .*)\n(\s+)found = \[dy, \*found\]", r"new = \1\n\2found = [new, *found]"),),
    "kept-too-early": ((r"^(        dy = .*\n)(        found = .*\n)", r"\2\1"),),
    "slope-of-the-slope": ((r"slopes\[k\]", "(1 - slopes[k] ** 2)"),),
    "another-block": (
        (r"slopes\[k\]", "slopes[-1 - k]"),
        (r"weights\[k\]", "weights[-1 - k]"),
        (r"slopes\[k\]", "slopes[k - 1]"),
        (r"weights\[k\]", "weights[k - 1]"),
    ),
}

LATER = tuple(Mistake(**words(name), group="later notebooks", edits=edits) for name, edits in _EDITS.items())
