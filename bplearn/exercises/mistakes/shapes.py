"""Mistakes of shapes and sums: what is transposed, summed, averaged, over which axis.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine import stateful_mutants as habits
from bplearn.exercises.engine.mistake import Early, Mistake

# Pieces of code that occur in many solutions; `self.` stands before a name in a class.
_DB = r"(db\d?) = (\w+)\.sum\(axis=0\)"
_DW = r"(dW\d?) = (\w+)\.T @ (\w+)"
_SUM = r"range\(0, len\(x\), batch_size\)"

SHAPES = (
    Mistake(
        "weights-not-transposed",
        "shapes and sums",
        "the error is sent back through W without its transpose",
        "Forward, W takes D numbers to M. Backward, how many numbers come in, and how many must go out?",
        "one sample, W = [[1, 2], [3, 4]], dy = [1, 0]: dx is [1, 3]; without the transpose [1, 2]. Only a square W "
        "allows it.",
        "05: a layer's backward",
        edits=((r"@ ((?:self\.)?W\d?)\.T", r"@ \1"), (r"W2\[j\]", "W2[:, j]")),
    ),
    Mistake(
        "weights-turned-forward",
        "shapes and sums",
        "W is turned round in the forward pass",
        "x is (N, D). Which shape must stand to its right, and which shape does W have here?",
        "x = [1, 0], W = [[1, 2], [3, 4]]: x @ W is [1, 2], x @ W.T is [1, 3]. Only a square W allows it.",
        "02: from one sample to a batch",
        edits=((r"= (x|a1) @ ((?:self\.)?W\d?) \+", r"= \1 @ \2.T +"),),
    ),
    Mistake(
        "gradient-transposed",
        "shapes and sums",
        "the derivative of the weights comes out transposed",
        "Which input and which output does the entry in row i and column j of W connect?",
        "x = [1, 2], dy = [5, 7]: dW[0, 1] = 1 · 7, and transposed it is 2 · 5.",
        "05: a layer's backward",
        edits=((_DW, r"\1 = \3.T @ \2"), (r"np\.outer\((\w+), (\w+)\)", r"np.outer(\2, \1)")),
    ),
    Mistake(
        "bias-not-summed",
        "shapes and sums",
        "the bias gradient is not summed over the batch",
        "How many biases are there, and how often is each of them used in a batch of N?",
        "two samples, one output, dy = [[1], [3]]: db is [4], not [[1], [3]].",
        "08: why the bias gradient is summed",
        edits=((_DB, r"\1 = \2"),),
    ),
    Mistake(
        "bias-summed-over-everything",
        "shapes and sums",
        "the bias gradient is summed over everything, not over the samples alone",
        "There is one bias for each output. Along which axis of dy do the samples lie?",
        "one sample, two outputs, dy = [[1, 3]]: db is [1, 3], not 4.",
        "08: why the bias gradient is summed",
        edits=((_DB, r"\1 = \2.sum()"),),
    ),
    Mistake(
        "bias-summed-over-outputs",
        "shapes and sums",
        "the bias gradient is summed along the wrong axis",
        "db must have one number for each output. Which axis has to disappear?",
        "dy = [[1, 2], [3, 4]]: db is [4, 6]; along the other axis [3, 7].",
        "08: why the bias gradient is summed",
        edits=((_DB, r"\1 = \2.sum(axis=1)"),),
    ),
    Mistake(
        "bias-averaged",
        "shapes and sums",
        "the bias gradient is averaged, not summed, over the batch",
        "Where does the loss take its mean, and does dy know of it already?",
        "two samples, one output, dy = [[1], [3]]: db is [4]; the average is [2].",
        "08: where 1/N belongs",
        edits=((_DB, r"\1 = \2.mean(axis=0)"),),
    ),
    Mistake(
        "bias-not-updated",
        "shapes and sums",
        "the bias is never updated",
        "Which numbers does the network have besides W, and who changes them?",
        "b = 0, db = 1, learning rate 0.1: the new b is -0.1, not 0.",
        "07: one step downhill",
        edits=(
            (r"^(\s+)((?:self\.)?b\d?) = \2 - .+$", r"\1\2 = \2"),
            (_DB, r"\1 = 0 * \2.sum(axis=0)"),
        ),
        early=Early(
            says="the derivative of the bias is always 0",
            question="When b grows by 1, by how much does each y grow?",
            example="one sample with dy = 1: db is 1, not 0.",
        ),
    ),
    Mistake(
        "mean-missing",
        "shapes and sums",
        "the 1/N of the mean is missing",
        "Give the same samples twice. Should the loss and its derivative double?",
        "two samples with errors 1 and 1: the mean is 1, the sum is 2, and it grows with the batch.",
        "08: where 1/N belongs",
        edits=((r" / N$", ""), (r" / \(2 \* N\)", " / 2"), (r" / \(2 \* N\)", "")),
        patterns=(habits.ratio_is(power=1),),
        families=("loss", "network", "delta"),
    ),
    Mistake(
        "mean-twice",
        "shapes and sums",
        "it is divided by N a second time",
        "At which single place does the 1/N enter, and does it reach this line by itself?",
        "two samples: the mean has 1/2 in it; divided twice it has 1/4, and steps get N times too small.",
        "08: where 1/N belongs",
        edits=((r" / N$", " / N / N"), (_DW, r"\1 = \2.T @ \3 / len(\3)")),
        patterns=(habits.ratio_is(power=-1),),
        families=("loss", "network", "backward", "delta"),
    ),
    Mistake(
        "mean-over-everything",
        "shapes and sums",
        "the mean is taken over all entries, where it should be over the samples alone",
        "How does the loss change when the network gets more outputs that are just as wrong?",
        "one sample, two outputs, both wrong by 1: summed over outputs 2, averaged over entries 1.",
        "03: why a mean",
        edits=(
            (r"= (2 \* )?\((\w+) - (\w+)\)(.*) / N$", r"= \1(\2 - \3)\4 / (\2 - \3).size"),
            (r" / \(2 \* N\)", " / (2 * y.size)"),
            (r"(-np\.sum\(np\.log\(p\[.*\]\)\)) / N", r"\1 / p.size"),
            (r"E = (np\.sum\(\(y - t\) \*\* 2\)) / 2$", r"E = \1 / 2 / y.size"),
        ),
    ),
    Mistake(
        "mean-over-samples",
        "shapes and sums",
        "the mean is taken over the samples alone, where it should be over all entries",
        "By how many numbers does the task divide: by the samples, or by the samples times the outputs?",
        "one sample, two outputs, errors 1 and 1: over all entries 1, over the samples alone 2.",
        "03: why a mean",
    ),
    Mistake(
        "n-hard-coded",
        "shapes and sums",
        "the number of samples is a fixed number, whatever the batch",
        "What is N in the last batch of an epoch, or for a single sample?",
        "right for batches of 5, wrong by the factor 3/5 for a batch of 3.",
        "08: where 1/N belongs",
        edits=tuple((r"N = len\(\w+\)", f"N = {n}") for n in (5, 4, 3, 8, 10, 16, 20, 32, 50, 64, 100, 128)),
        patterns=(habits.fixed_number,),
        families=("loss", "network", "delta"),
        early=Early(
            question="What is N for a batch of another size, or for a single sample?",
        ),
    ),
    Mistake(
        "last-batch-dropped",
        "shapes and sums",
        "the last, smaller batch is left out",
        "10 samples in batches of 4: which samples does an epoch see?",
        "10 samples, batches of 4: 4 + 4 + 2 samples are three updates, not two.",
        "08: iterations, batches, epochs",
        edits=(
            (_SUM, "range(0, len(x) - batch_size + 1, batch_size)"),
            (_SUM, "range(0, len(x) - batch_size, batch_size)"),
            (r"math\.ceil\(samples / batch_size\)", "samples // batch_size"),
        ),
        spoils=(
            "visits of each sample",
            "updates in an epoch",
        ),
    ),
    Mistake(
        "broadcast-n-by-n",
        "shapes and sums",
        "(N, 1) minus (N,) was broadcast to (N, N): every prediction is compared with every target",
        "What is the shape of y - t?",
        "y = [[1], [2]], t = [1, 2]: a perfect answer, yet y - t is [[0, -1], [1, 0]] and the error 0.5.",
        "03: shapes that broadcast",
        edits=((r"^    t = t\.reshape\(y\.shape\)\n", ""),),
        wraps=(habits.compare_all_with_all,),
        families=("loss",),
    ),
    Mistake(
        "picked-all-with-all",
        "shapes and sums",
        "`p[:, t]` picks the classes of all samples from every row, not each row's own",
        "What is the shape of what was picked, and how many true classes does a batch have?",
        "two samples: p[[0, 1], t] holds two numbers, p[:, t] holds four.",
        "03: softmax and cross-entropy together",
        edits=(
            (r"-np\.sum\(np\.log\(p\[np\.arange\(N\), t\]\)\) / N", "-np.mean(np.log(p[:, t]))"),
            (r"-np\.sum\(np\.log\(p\[np\.arange\(N\), t\]\)\) / N", "-np.sum(np.log(p[:, t])) / N"),
        ),
    ),
    Mistake(
        "wrong-axis",
        "shapes and sums",
        "it works along the wrong axis: over the samples, or over everything, and not over the classes of each sample",
        "One row is one sample. Should its result depend on the other rows?",
        "scores [[0, 0], [0, 0]]: each row gives [0.5, 0.5]; over all four entries it would be 0.25.",
        "03: softmax",
        edits=(
            (r"raised\.sum\(axis=1, keepdims=True\)", "raised.sum(axis=0, keepdims=True)"),
            (r"raised\.sum\(axis=1, keepdims=True\)", "raised.sum()"),
            (r"axis=1, keepdims=True", "axis=0, keepdims=True"),
            (r"argmax\(axis=1\)", "argmax(axis=0)"),
        ),
    ),
    Mistake(
        "shape-of-weights-turned",
        "shapes and sums",
        "W is written with a row for each output; here it has a row for each input",
        "In x @ W, which sizes must agree?",
        "Dense(2, 3): W is (2, 3), so that (N, 2) @ (2, 3) gives (N, 3).",
        "02: name every shape",
        edits=((r"W = \(n_in, n_out\)", "W = (n_out, n_in)"),),
    ),
    Mistake(
        "one-bias-for-each-sample",
        "shapes and sums",
        "the bias is given one number for each sample",
        "The network must work for 1 sample or 1,000. Can its number of biases depend on that?",
        "Dense(2, 3) has 3 biases, whatever the batch.",
        "02: name every shape",
        edits=((r"b = \(n_out,\)", "b = (N,)"), (r"b = \(n_out,\)", "b = (n_in,)")),
    ),
    Mistake(
        "bias-forgotten",
        "shapes and sums",
        "the bias is forgotten in the forward pass",
        "What does the layer give for an input of all zeros?",
        "x = 0, b = 2: z is 2, not 0.",
        "02: from one sample to a batch",
        edits=((r"(@ (?:self\.)?\w+) \+ (?:self\.)?b\d?$", r"\1"),),
        early=Early(
            says="the bias is forgotten",
            question="What does the sum come to when all inputs are 0?",
        ),
    ),
)
