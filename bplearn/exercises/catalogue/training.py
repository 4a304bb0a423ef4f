"""Mistakes of training: the start, the learning rate, epochs and batches, optimizers, and how to judge.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises import habits
from bplearn.exercises.mistake import Mistake

# Pieces of code that occur in many solutions; `self.` stands before a name in a class.
_UPDATE = r"^(\s+)((?:self\.)?[Wbwx]\d?) = \2 - (.+)$"
_SUM = r"range\(0, len\(x\), batch_size\)"

TRAINING = (
    Mistake(
        "shuffled-alone",
        "training",
        "the samples are shuffled without their targets",
        "Take one row of a batch: is the target beside it its own?",
        "images (3, 7) with labels (3, 7), images shuffled to (7, 3): every label is wrong now.",
        "12: batches",
        edits=(
            (r"t\[rows\]", "t[start : start + batch_size]"),
            (r"x\[rows\]", "x[start : start + batch_size]"),
        ),
    ),
    Mistake(
        "not-shuffled",
        "training",
        "the order is the same in every epoch, or never shuffled at all",
        "Where is the random order drawn: before the epochs, in each of them, or nowhere?",
        "sorted digits in batches of 32: each batch holds one class only.",
        "12: batches",
        edits=(
            (r"rng\.permutation\(len\(x\)\)", "np.arange(len(x))"),
            (r"^(    for _ in range\(epochs\):\n)    (    order = .*\n)", r"\2\1"),
        ),
    ),
    Mistake(
        "start-zero",
        "training",
        "all weights start at 0",
        "Which of the hidden units will ever differ from its neighbor?",
        "two hidden units with weights 0: the same output, the same gradient, for ever.",
        "11: choose a start",
        edits=((r"rng\.normal\(size=\(n_in, n_out\)\) \* np\.sqrt\(2 / n_in\)", "np.zeros((n_in, n_out))"),),
    ),
    Mistake(
        "start-constant",
        "training",
        "all weights start at the same number, so all units stay the same",
        "Which of the hidden units will ever differ from its neighbor?",
        "two hidden units with weights 0.1: the same output, the same gradient, for ever.",
        "11: choose a start",
        edits=tuple(
            (r"rng\.normal\(size=\(n_in, n_out\)\) \* np\.sqrt\(2 / n_in\)", wrong)
            for wrong in (
                "np.full((n_in, n_out), 0.1)",
                "np.ones((n_in, n_out))",
                "np.ones((n_in, n_out)) * rng.normal()",
            )
        ),
    ),
    Mistake(
        "start-size",
        "training",
        "the random start has the wrong size",
        "What is the variance of a sum of n_in terms, and how much of it is left after a ReLU?",
        "64 inputs: the weights' standard deviation is sqrt(2 / 64) = 0.177.",
        "11: choose a start",
        edits=tuple(
            (r"np\.sqrt\(2 / n_in\)", wrong)
            for wrong in ("1", "0.01", "np.sqrt(1 / n_in)", "(2 / n_in)", "(1 / n_in)", "np.sqrt(2 / n_out)")
        ),
    ),
    Mistake(
        "rate-too-large",
        "training",
        "the learning rate is far too large, as if 100 times the right one",
        "What happens when a step overshoots the valley by more than the distance it came from?",
        "x² from 10: with 0.2 ten steps end at 0.06, with 1.1 at 62.",
        "07: slow, good, zig-zag, divergent",
    ),
    Mistake(
        "rate-too-small",
        "training",
        "the learning rate is far too small",
        "How many steps would it take at this pace?",
        "x² from 10: with 0.05 ten steps end at 3.5, with 0.2 at 0.06.",
        "07: slow, good, zig-zag, divergent",
    ),
    Mistake(
        "learning-rate-forgotten",
        "training",
        "the learning rate is not used in the update",
        "With a learning rate of 0, how far should a weight move?",
        "w = 1, gradient 0.5, learning rate 0.1: the new w is 0.95, not 0.5.",
        "07: one step downhill",
        edits=((r"learning_rate \* ", ""),),
    ),
    Mistake(
        "uphill",
        "training",
        "the step goes uphill: the gradient is added, not subtracted",
        "A positive derivative says that the error grows with the weight. Which way is down?",
        "w = 1, gradient 0.5, learning rate 0.1: the new w is 0.95, not 1.05.",
        "07: one step downhill",
        edits=(
            (_UPDATE, r"\1\2 = \2 + \3"),
            (r"change = -learning_rate", "change = learning_rate"),
        ),
    ),
    Mistake(
        "epoch-for-iteration",
        "training",
        "an epoch is taken for an iteration: there is one update where there should be one for each batch",
        "How many samples has the network met after one of your epochs?",
        "100 samples in batches of 10: an epoch has 10 updates, not 1.",
        "12: iteration, batch, epoch",
        edits=(
            (rf"for start in {_SUM}:", "for start in [0]:"),
            (r"total = each \* epochs", "total = epochs"),
            (r"each = math\.ceil\(samples / batch_size\)", "each = 1"),
        ),
        wraps=(habits.stop_after_epochs,),
        families=("loop",),
    ),
    Mistake(
        "bias-regularized",
        "training",
        "the biases are decayed like weights",
        "What does a decayed bias pull the output toward, and is there a reason to want it?",
        "targets around 100: without its bias the line cannot get there, and decay pulls the bias to 0.",
        "13: weight decay",
        edits=((r"(        dW = dW \+ weight_decay \* W\n)", r"\1        db = db + weight_decay * b\n"),),
    ),
    Mistake(
        "decay-missing",
        "training",
        "there is no weight decay in it",
        "With a gradient of 0, what should happen to a weight?",
        "W = 1, dW = 0, weight decay 0.1: the derivative is 0.1.",
        "13: weight decay",
        edits=(
            (r"        dW = dW \+ weight_decay \* W\n", ""),
            (r"dW \+ weight_decay \* W\n", "dW - weight_decay * W\n"),
        ),
    ),
    Mistake(
        "velocity-averaged",
        "training",
        "the gradient enters the velocity only in part (another form of momentum: steps are shorter by that factor)",
        "With a steady gradient of 1, what does v settle at here, and what in the form that is asked for?",
        "momentum 0.9, steady gradient 1: v settles at 10; averaged it settles at 1.",
        "13: momentum",
        edits=((r"momentum \* v \+ g", "momentum * v + (1 - momentum) * g"),),
    ),
    Mistake(
        "velocity-lost",
        "training",
        "the velocity does not fade: momentum is not multiplied in, or the old velocity is not kept",
        "The gradient has become 0. What should the velocity do from step to step?",
        "v = 1, gradient 0, momentum 0.9: the new v is 0.9.",
        "13: momentum",
        edits=((r"momentum \* v \+ g", "v + g"), (r"momentum \* v \+ g", "g")),
    ),
    Mistake(
        "shares-swapped",
        "training",
        "the two shares of a running mean are swapped",
        "With a decay of 0.99, should one new gradient nearly replace the past?",
        "decay 0.9, s = 1, g = 0: the new s is 0.9, not 0.1.",
        "13: RMSProp",
        edits=((r"(decay|beta1|beta2) \* ([ms]) \+ \(1 - \1\) \*", r"(1 - \1) * \2 + \1 *"),),
    ),
    Mistake(
        "square-forgotten",
        "training",
        "the mean square takes in the gradient itself, not its square",
        "s measures a size. Can a mean of signed gradients do that?",
        "gradients +1 and -1: their mean square is 1, their mean is 0.",
        "13: RMSProp",
        edits=((r"(\(1 - (?:decay|beta2)\) \* g)\*\*2", r"\1"),),
    ),
    Mistake(
        "root-forgotten",
        "training",
        "the root of the mean square is forgotten",
        "If all gradients are 10 times larger, should the step of RMSProp or Adam change?",
        "a steady gradient of 10: 10 / sqrt(100) = 1, but 10 / 100 = 0.1.",
        "13: RMSProp",
        edits=((r"np\.sqrt\((\w+)\)", r"\1"),),
    ),
    Mistake(
        "correction-missing",
        "training",
        "Adam's correction for the start at 0 is missing",
        "How large is m after one step with gradient 1, and how large should a mean of that one gradient be?",
        "beta1 = 0.9, first gradient 1: m = 0.1, corrected 1.",
        "13: Adam",
        edits=((r"([ms])_corrected = .+$", r"\1_corrected = \1"),),
    ),
    Mistake(
        "correction-miscounted",
        "training",
        "Adam's correction counts the steps wrongly",
        "After the very first step, which power makes 1 - beta**power equal to the share of the new gradient?",
        "step 1: 1 - 0.9**1 = 0.1; with the power 0 it would be a division by 0.",
        "13: Adam",
        edits=(
            (r"\*\*step", "**(step - 1)"),
            (r"\*\*step", "**(step + 1)"),
            (r"(beta\d)\*\*step", r"\1"),
            (r"beta(\d)\*\*step", r"beta\1*step"),
        ),
    ),
    Mistake(
        "betas-mixed",
        "training",
        "the two betas are mixed up",
        "Which of the two means has the longer memory?",
        "beta1 belongs to the mean of g, beta2 to the mean of g squared.",
        "13: Adam",
        edits=(
            (r"1 - beta2\*\*step", "1 - beta1**step"),
            (r"1 - beta1\*\*step", "1 - beta2**step"),
            (r"beta2 \* s \+ \(1 - beta2\)", "beta1 * s + (1 - beta1)"),
            (r"beta1 \* m \+ \(1 - beta1\)", "beta2 * m + (1 - beta2)"),
        ),
    ),
    Mistake(
        "count-for-share",
        "training",
        "it counts the right answers; asked for is their share",
        "Can an accuracy be larger than 1?",
        "3 of 4 right: 0.75, not 3.",
        "14: judge a classifier",
        edits=((r"np\.mean\(guesses == t\)", "np.sum(guesses == t)"),),
    ),
    Mistake(
        "errors-counted",
        "training",
        "it gives the share of wrong answers",
        "What should a perfect classifier get?",
        "4 of 4 right: 1, not 0.",
        "14: judge a classifier",
        edits=((r"guesses == t", "guesses != t"),),
    ),
    Mistake(
        "leak",
        "training",
        "the test rows leak into the training: mean and std are measured on all rows",
        "If the test rows were different, would your training rows come out different?",
        "train [0, 2], test [100]: the training mean is 1, not 34.",
        "14: nothing leaks",
        edits=((r"train\.mean\(axis=0\), train\.std\(axis=0\)", "x.mean(axis=0), x.std(axis=0)"),),
    ),
    Mistake(
        "test-in-its-own-units",
        "training",
        "the test rows are not put into the training rows' units",
        "A network learned that 1 means one training std above the training mean. Does 1 still mean that?",
        "train [0, 2], test [100]: in training units the test row is 99.",
        "14: nothing leaks",
        edits=(
            (r"test = \(test - mean\) / std", "test = (test - test.mean(axis=0)) / test.std(axis=0)"),
            (r"^    test = \(test - mean\) / std\n", ""),
        ),
    ),
    Mistake(
        "off-by-one",
        "training",
        "it counts one epoch too many or too few",
        "With patience 1, how many epochs without a new best are allowed before the stop?",
        "losses 0.9, 0.7, 0.8 with patience 1: best is epoch 2, stop at epoch 3.",
        "14: when to stop",
        edits=((r">= patience", "> patience"), (r"start=1", "start=0"), (r">= patience", ">= patience - 1")),
    ),
    Mistake(
        "ties-count-as-better",
        "training",
        "an equal loss counts as a new best",
        "If the loss stands still for ever, should the training ever stop?",
        "losses 0.5, 0.5, 0.5 with patience 2: best is epoch 1, stop at epoch 3.",
        "14: when to stop",
        edits=((r"loss < best_loss", "loss <= best_loss"),),
    ),
    Mistake(
        "worst-for-best",
        "training",
        "it looks for the largest loss, or compares with the epoch before instead of with the best",
        "Which number does a new loss have to beat?",
        "losses 0.4, 0.6, 0.5: the best is still epoch 1.",
        "14: when to stop",
        edits=(
            (
                r"best, best_loss = 0, np\.inf\n(.*\n)(\s+)if loss < best_loss:",
                r"best, best_loss = 0, -np.inf\n\1\2if loss > best_loss:",
            ),
            (r"^(\s+)elif epoch - best >= patience:\n(\s+)return best, epoch\n", r"\g<0>\1best_loss = loss\n"),
        ),
    ),
)
