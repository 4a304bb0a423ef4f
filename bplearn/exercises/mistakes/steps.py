"""Mistakes of starts, batches and optimizers, in the exercises of notebooks 11 to 13.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.mistake import Edit, Mistake
from bplearn.exercises.engine.texts import words

_ROWS = r"order\[start : start \+ batch_size\]"
_DRAWN = r"^ +order = rng\.permutation\(len\(x\)\)\n(.*\n)(\s+rows = ).*$"
_NORMAL = r"rng\.normal\(size=\(n_in, n_out\)\)"
_HE = r"np\.sqrt\(2 / n_in\)"
_SLOPE_AT_0 = r"0\.5 \* \(1 - 0\.5\)"
_FOR_ROWS = r"for start in range\(0, len\(x\), batch_size\):\n(\s+)rows = .*\n"

_EDITS: dict[str, tuple[Edit, ...]] = {
    "own-randomness": ((r"\brng\.", "np.random.default_rng(0)."), (r"\brng\.normal", "np.random.normal")),
    "start-not-centered": tuple(
        (_NORMAL, wrong)
        for wrong in (
            *(f"rng.random((n_in, n_out)){more}" for more in ("", " * np.sqrt(3)", " * np.sqrt(12)")),
            "abs(rng.normal(size=(n_in, n_out)))",
        )
    ),
    "biases-start-elsewhere": tuple(
        (r"np\.zeros\(n_out\)", wrong) for wrong in ("np.ones(n_out)", "0.01 + np.zeros(n_out)")
    ),
    "drawn-with-replacement": (
        *((r"rng\.permutation\(len\(x\)\)", f"rng.{draw}(len(x), len(x))") for draw in ("integers", "choice")),
        *((_DRAWN, rf"\1\2rng.{draw}") for draw in ("integers(0, len(x), batch_size)", "choice(len(x), batch_size)")),
        (_DRAWN, r"\1\2rng.choice(len(x), batch_size, replace=False)"),
        (_DRAWN, r"\1\2rng.permutation(len(x))[:batch_size]"),
    ),
    "batches-overlap": (
        *((_ROWS, "order[start : start + batch_size + 1]"),),
        (r"range\(0, len\(x\), batch_size\)", "range(0, len(x))"),
        (r"range\(0, len\(x\), batch_size\)", "range(len(x) // batch_size)"),
        (r"range\(0, len\(x\), batch_size\)", "range(-(-len(x) // batch_size))"),
    ),
    "rate-in-velocity": (
        (
            r"v = momentum \* v \+ g\n    change = -learning_rate \* v",
            "v = momentum * v + learning_rate * g\n    change = -v",
        ),
        (
            r"v = momentum \* v \+ g\n    change = -learning_rate \* v",
            "v = momentum * v - learning_rate * g\n    change = v",
        ),
        (r"\* v \+ g\n", "* v + learning_rate * g\n"),
    ),
    "old-for-new": ((r"^(    [vs] = .*\n)(    change = .*\n)", r"\2\1"),),
    "running-sum": ((r"decay \* s \+ \(1 - decay\) \* g", "s + g"), (r"beta2 \* s \+ \(1 - beta2\) \* g", "s + g")),
    "new-part-whole": ((r"\+ \(1 - (?:decay|beta1|beta2)\) \* g", "+ g"),),
    "epsilon-missing": ((r" \+ epsilon", ""),),
    "epsilon-in-root": ((r"np\.sqrt\((\w+)\) \+ epsilon", r"np.sqrt(\1 + epsilon)"),),
    "decay-scaled": (
        *(
            (r"weight_decay \* W\n", "2 * weight_decay * W\n"),
            (r"weight_decay \* W\n", "weight_decay * W / N\n"),
            (r"weight_decay \* W\n", "weight_decay * W / learning_rate\n"),
        ),
        (r"weight_decay \* np\.sum\(W\*\*2\) / 2", "weight_decay * np.sum(W**2)"),
        (r"weight_decay \* np\.sum\(W\*\*2\) / 2", "weight_decay * np.sum(W**2) / (2 * N)"),
        (r"(x\.T @ dy) \+ weight_decay \* W$", r"\1 + 2 * weight_decay * W"),
        (r"weight_decay \* W$", "weight_decay * W / 2"),
        (r"(x\.T @ dy) \+ weight_decay \* W$", r"\1 + weight_decay * W / N"),
    ),
    "one-round-only": (*((r"range\(epochs\)", "range(1)"),), (r"each \* epochs", "each")),
    "decay-after-the-step": (
        (
            r"        dW = dW \+ weight_decay \* W\n(        W = W - learning_rate \* dW\n)",
            r"\1        W = W - learning_rate * weight_decay * W\n",
        ),
    ),
    "square-too-many": ((r"-learning_rate \* g /", "-learning_rate * g**2 /"),),
    "batches-shuffled-alone": (
        (
            r"rng\.permutation\(len\(x\)\)\n(\s+for start in )(range\(0, len\(x\), batch_size\))",
            r"np.arange(len(x))\n\1rng.permutation(\2)",
        ),
    ),
    "fan-of-the-outputs": tuple(
        (r"np\.sqrt\(2 / n_in\)", f"np.sqrt({wrong})")
        for wrong in (
            "2 / n_out",
            "2 / (n_in + n_out)",
            "2 / (n_in * n_out)",
            "1 / n_out",
            "6 / (n_in + n_out)",
            "1 / (n_in + n_out)",
        )
    ),
    # 11: starts
    "root-of-a-part": ((_HE, "np.sqrt(2) / n_in"), (_HE, "2 / np.sqrt(n_in)")),
    "two-forgotten": ((_HE, "np.sqrt(1 / n_in)"), (_HE, "(1 / n_in)")),
    "root-of-the-inputs": ((_HE, "np.sqrt(n_in / 2)"), (_HE, "np.sqrt(2 * n_in)")),
    "start-of-fixed-size": tuple((_HE, size) for size in ("1", "0.1", "0.01", "np.sqrt(2)", "2")),
    "bound-for-deviation": ((_HE, "np.sqrt(6 / n_in)"), (_HE, "np.sqrt(2 / n_in / 3)")),
    "units-alike": (
        (_NORMAL, "np.repeat(rng.normal(size=(n_in, 1)), n_out, axis=1)"),
        (_NORMAL, "np.tile(rng.normal(size=n_out), (n_in, 1))"),
    ),
    "slope-elsewhere": tuple((_SLOPE_AT_0, f"({a} * (1 - {a}))") for a in ("0.7310586", "0.8807971", "0.6224593")),
    "slope-of-one": (),
    "divided-by-the-layers": ((r"steepest\*\*10", "steepest / 10"),),
    "power-turned": ((r"steepest\*\*10", "10**steepest"),),
    # 12: batches and loops
    "batches-across-epochs": tuple(
        (r"each \* epochs", f"math.{cut}(samples * epochs / batch_size)") for cut in ("ceil", "floor")
    ),
    "added-to-the-epochs": ((r"each \* epochs", "each + epochs"),),
    "size-for-updates": (),
    "one-batch-too-many": ((r"math\.ceil\((samples / batch_size)\)", r"math.ceil(\1) + 1"),),
    "size-and-epochs-exchanged": ((r"1258, 32, 10", "1258, 10, 32"), (r"each \* epochs", "each * batch_size")),
    "one-batch-of-all": ((_FOR_ROWS, r"for rows in [order]:" + "\n"),),
    "one-sample-a-batch": ((_FOR_ROWS, r"for rows in order[:, None]:" + "\n"),),
    "all-targets-each-time": ((r", t\[rows\]", ", t"),),
    "step-never-called": ((r"^            step\(.*$", "            pass"),),
    "size-for-count": ((_FOR_ROWS, r"for rows in np.array_split(order, batch_size):" + "\n"),),
    "end-does-not-move": ((r"order\[start : start \+ batch_size\]", "order[start:batch_size]"),),
    "step-outside-the-loop": ((r"^            step\(", "        step("), (r"^        yield", "    yield")),
    "loops-turned": (
        (
            rf"^    for _ in range\(epochs\):\n        (order = .*\n)        {_FOR_ROWS}(\s+)step",
            r"    \1    for start in range(0, len(x), batch_size):\n"
            r"        rows = order[start : start + batch_size]\n        for _ in range(epochs):\n\3step",
        ),
    ),
    "batch-too-large": (),
    # 13: optimizers
    "gradient-fades-too": ((r"momentum \* v \+ g", "momentum * (v + g)"),),
    "look-ahead": ((r"-learning_rate \* v$", "-learning_rate * (g + momentum * v)"),),
    "one-mean-for-all": (
        (r"np\.sqrt\((s|s_corrected)\b", r"np.sqrt(np.mean(\1)"),
        (r"\* g\*\*2", "* np.mean(g**2)"),
        (r"\* g\*\*2", "* np.sum(g**2)"),
        (r"np\.sqrt\((s|s_corrected)\b", r"np.sqrt(np.sum(\1)"),
        (r"np\.sqrt\((s|s_corrected)\)", r"np.linalg.norm(\1)"),
    ),
    "gradient-not-in-change": ((r"-learning_rate \* (g|m_corrected) /", "-learning_rate /"),),
    "square-of-the-mean": (
        (r"(decay|beta2) \* s \+ (\(1 - \1\) \* g)\*\*2", r"(\1 * np.sqrt(s) + \2) ** 2"),
        (r"(decay|beta2) \* s \+ (\(1 - \1\) \* g)\*\*2", r"(\1 * s + \2) ** 2"),
    ),
    "share-squared": ((r"(\(1 - (?:decay|beta2)\) \* g)\*\*2", r"(\1) ** 2"),),
    "gradient-for-mean": ((r"rate \* m_corrected /", "rate * g /"),),
    "mean-for-gradient": ((r"(\(1 - beta2\) \*) g\*\*2", r"\1 m**2"),),
    "this-gradient-alone": ((r"np\.sqrt\((?:s|s_corrected)\)", "abs(g)"),),
    "divided-by-the-steps": ((r"\(1 - beta\d\*\*step\)", "step"),),
    "gradient-after-decay": (
        (
            r"^(        y = x @ W \+ b\n[\s\S]*)        dW = dW \+ weight_decay \* W\n",
            r"        W = W - learning_rate * weight_decay * W\n\1",
        ),
    ),
    "decay-once": (
        (
            r"        dW = dW \+ weight_decay \* W\n([\s\S]*)    return",
            r"\1    W = W - learning_rate * weight_decay * W\n    return",
        ),
        (
            r"^(    for _ in range\(steps\):\n[\s\S]*)        dW = dW \+ weight_decay \* W\n",
            r"    W = W - learning_rate * weight_decay * W\n\1",
        ),
    ),
    "decay-of-the-first-weights": (
        (r"^(    for _ in range\(steps\):\n[\s\S]*weight_decay \*) W", r"    first = W\n\1 first"),
    ),
}

STEPS = tuple(Mistake(**words(name), group="starts and steps", edits=edits) for name, edits in _EDITS.items())
