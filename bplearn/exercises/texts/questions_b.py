"""Recall questions of notebooks 08 to 14, each with an explanation for every wrong statement.

Asked at the end of a notebook and once more two notebooks later. First met in notebooks/08_batches_and_shapes.ipynb.
"""

from __future__ import annotations

import math

from bplearn.exercises.engine.question import Ask, Sum

ASKED: dict[str, Ask | Sum] = {
    "08.r1": Ask(
        "Why is db a sum over the samples?",
        ("The bias is used once for each sample, and uses add up.", "It is a fork with N branches."),
        (
            ("Because biases are small.", "Their size plays no part. How often is b used in a batch?"),
            ("It is not, it is a mean.", "The mean was taken in the loss; dy holds the 1/N already."),
        ),
    ),
    "08.r2": Ask(
        "x is (N, D), dy is (N, M). Which product has the shape of W (D, M)?",
        ("x.T @ dy", "(D, N) @ (N, M) = (D, M), and the sum runs over the samples."),
        (
            ("dy.T @ x", "That is (M, D), the transpose."),
            ("x @ dy", "(N, D) @ (N, M) does not fit at all unless N = D, and then it is wrong."),
        ),
    ),
    "08.r3": Ask(
        "y is (N, 1), t is (N,). Which shape has y - t?",
        ("(N, N)", "t is taken for a row, and every prediction meets every target."),
        (
            ("(N, 1)", "It would be if t were (N, 1)."),
            ("(N,)", "NumPy lines shapes up from the right: 1 meets N."),
        ),
    ),
    "09.r1": Ask(
        "The first batch gives right gradients, the second wrong ones. Where do you look first?",
        ("At what is kept between calls: the cache, sums not cleared.", "A single batch can never show it."),
        (
            ("At the formula of dW.", "It was right for the first batch."),
            ("At the learning rate.", "Gradients do not depend on it."),
        ),
    ),
    "09.r2": Ask(
        "Which numbers must forward keep for the backward of a ReLU layer z = x W + b, a = max(z, 0)?",
        ("x and the sign of z.", "x for dW, the sign of z for the mask; W is a parameter."),
        (
            ("Only a.", "dW needs x, too."),
            ("Only the loss.", "The loss is one number; dW needs the input that met each error."),
        ),
    ),
    "09.r3": Ask(
        "After softmax cross-entropy, dz2 is (p - truth) / N. Is a slope of the softmax still to be multiplied in?",
        ("No, it is in there already.", "The logarithm's 1/p has cancelled it."),
        (
            ("Yes, p (1 - p).", "Then sure mistakes would send back almost nothing."),
            ("Yes, the ReLU's mask.", "That belongs to the hidden layer, not to the scores."),
        ),
    ),
    "10.r1": Ask(
        "Which h is good for central differences in float64?",
        ("Between 1e-4 and 1e-5.", "There the curve's bend and the rounding are both small."),
        (
            ("1e-7", "Rounding has the upper hand there: hundreds of times worse."),
            ("As small as possible.", "f(x + h) - f(x - h) loses digits as h shrinks."),
        ),
    ),
    "10.r2": Ask(
        "A network trains and its loss falls. Are its gradients right?",
        (
            "Not necessarily: most wrong gradients still go downhill.",
            "15 of 22 planted bugs reached 90% on the digits.",
        ),
        (
            ("Yes, wrong gradients cannot lower the loss.", "Any direction less than 90 degrees off goes downhill."),
            ("Yes, if the accuracy is above 90%.", "Without the hidden derivative it reached 96.8%."),
        ),
    ),
    "10.r3": Ask(
        "Why do checks use layers that are not square and biases that are not 0?",
        (
            "Where sizes agree or numbers are 0, a wrong formula can look right.",
            "A check should leave no such hiding place.",
        ),
        (
            ("They are harder to compute.", "They are not. What does W without its transpose do when W is square?"),
            ("Real networks are never square.", "Many are. What would a square layer hide?"),
        ),
    ),
    "11.r1": Ask(
        "Why does He's start have the variance 2 / n_in where LeCun's has 1 / n_in?",
        ("Half of what leaves a ReLU is 0.", "The 2 makes up for the lost half of the mean square."),
        (
            ("There are two layers.", "It holds for any number of layers. What does a ReLU do to half its inputs?"),
            ("It makes training twice as fast.", "It keeps the size of signals. Where would half of it be lost?"),
        ),
    ),
    "11.r2": Sum(
        "Three sigmoid layers, each at its steepest. Type the factor that their slopes leave of a gradient.",
        lambda: 0.25**3,
    ),
    "11.r3": Ask(
        "A ReLU unit gives 0 for every training sample. What will training do to it?",
        ("Nothing: no gradient reaches its weights.", "Its slope is 0 for every sample."),
        (
            ("Bring it back slowly.", "How large is the derivative of its weights?"),
            ("Remove it.", "It stays, and stays 0."),
        ),
    ),
    "12.r1": Sum(
        "1,000 samples, batches of 64, the last partial one included. Type the updates in one epoch.",
        lambda: float(math.ceil(1000 / 64)),
    ),
    "12.r2": Ask(
        "Two runs with batches of 16 and 256 are compared after the same number of epochs. What is unfair?",
        (
            "The first made 16 times as many updates.",
            "Compare by updates, by epochs and by time; each says something else.",
        ),
        (
            ("The first saw more samples.", "An epoch is one pass over the data for both."),
            ("Nothing.", "How many updates are in an epoch of each?"),
        ),
    ),
    "12.r3": Ask(
        "The samples are shuffled, their targets are not. What will the training loss do?",
        ("Fall a little, and stop where guessing stops.", "The pairs mean nothing, so only the shares can be learned."),
        (
            ("Become NaN.", "The numbers are fine; their pairing is not."),
            ("Fall as usual.", "On the training pairs by heart at best, and nothing on unseen digits."),
        ),
    ),
    "13.r1": Ask(
        "What does momentum repair?",
        ("Zig-zag across a narrow valley.", "Opposite steps cancel, steps along the valley add up."),
        (
            ("Wrong gradients.", "It averages them; a wrong one stays wrong."),
            ("Dead ReLUs.", "A gradient of 0 gives a velocity that fades."),
        ),
    ),
    "13.r2": Sum(
        "Adam, beta1 = 0.9, first gradient 2, m starts at 0. Type the corrected m after one step.",
        lambda: 0.1 * 2 / (1 - 0.9),
    ),
    "13.r3": Ask(
        "All gradients become 10 times larger. What does a step of RMSProp or Adam do in the long run?",
        ("It stays as it is.", "Each gradient is divided by its own usual size."),
        (
            ("It becomes 10 times larger.", "That is plain gradient descent."),
            ("It becomes 10 times smaller.", "The root takes the square back: 10 / 10."),
        ),
    ),
    "14.r1": Ask(
        "Why are mean and std measured on the training rows alone?",
        ("The test must not be known before the test.", "Otherwise the result on unseen data is too good."),
        (
            ("It is faster.", "By a hair. What would the test rows tell the training?"),
            ("The test rows have no mean.", "They have one; it must not be used."),
        ),
    ),
    "14.r2": Ask(
        "The training loss falls, the validation loss rises. What is going on?",
        ("The network learns the training samples by heart.", "Overfitting: stop at the best epoch, or use more data."),
        (
            ("The learning rate is too large.", "Then the training loss would not fall so well."),
            ("The gradients are wrong.", "They do what they are asked: the training loss falls."),
        ),
    ),
    "14.r3": Ask(
        "Which number do you report for a classifier?",
        ("The accuracy on samples used for nothing else.", "Neither for training nor for choosing the settings."),
        (
            (
                "The best of 20 runs on the test samples.",
                "Then the test samples chose the run: they are not unseen any more.",
            ),
            ("The accuracy on the training samples.", "It may know them by heart."),
        ),
    ),
}
