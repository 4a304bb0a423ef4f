"""Recall questions of notebooks 00 to 07, each with an explanation for every wrong statement.

Asked at the end of a notebook and once more two notebooks later. First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import math

from bplearn.exercises.engine.question import Ask, Sum

ASKED: dict[str, Ask | Sum] = {
    "00.r1": Ask(
        "What does a loss curve show?",
        ("How wrong the network is, step by step.", "The loss is one number for how wrong the answers are."),
        (
            ("How many answers are right.", "That is the accuracy. The loss also counts how far off an answer is."),
            ("How large the weights are.", "Weights have their own pictures. The loss looks at the answers only."),
        ),
    ),
    "00.r2": Ask(
        "Why is a network judged on digits it has never seen?",
        (
            "Because it may have learned the training digits by heart.",
            "Only unseen digits show what it can do with new ones.",
        ),
        (
            ("Because the training digits are harder.", "They are from the same source, and split by chance."),
            ("Because it saves time.", "It costs time. What would a perfect score on known digits prove?"),
        ),
    ),
    "00.r3": Ask(
        "What changes in a network while it is trained?",
        ("Its weights and biases.", "Training is the search for these numbers; all else stays."),
        (
            ("Its layers and their sizes.", "Those are chosen before the training."),
            ("The training data.", "They stay as they are. Which numbers inside the network are free?"),
        ),
    ),
    "01.r1": Sum(
        "A neuron has w = (2, -1), b = 0.5 and gets x = (1, 3). Type z.",
        lambda: 2 * 1 - 1 * 3 + 0.5,
    ),
    "01.r2": Ask(
        "Why do weights start random and not all equal?",
        (
            "Equal units get equal gradients and stay equal.",
            "Only a difference at the start lets them become different.",
        ),
        (
            ("Random weights are nearer to the best ones.", "No one knows where those are. What would equal units do?"),
            ("With equal weights the output would be 0.", "Not for weights of 0.1. What happens in the next steps?"),
        ),
    ),
    "01.r3": Ask(
        "A slope is found by nudging with h. Why must h be neither large nor tiny?",
        (
            "Large h misses the curve's bend, tiny h drowns in rounding.",
            "Two errors that pull in opposite directions: the best h lies between.",
        ),
        (
            ("A tiny h takes longer to compute.", "Both cost two calls of f. What happens to f(x + h) - f(x - h)?"),
            ("A large h moves the weight for good.", "The nudge is taken back. How straight is the curve over 2 h?"),
        ),
    ),
    "02.r1": Ask(
        "x is (32, 64) and the layer is Dense(64, 10). Which shape has W?",
        ("(64, 10)", "(32, 64) @ (64, 10) is (32, 10)."),
        (
            ("(10, 64)", "Then x @ W would not fit: the inner sizes must agree."),
            ("(32, 10)", "That is the output. W must not depend on the number of samples."),
            ("(64, 32)", "32 is the number of samples. A layer works for any number of them."),
        ),
    ),
    "02.r2": Ask(
        "Why does forward keep z and a of every layer?",
        ("Backward needs them for its derivatives.", "The slope at a point needs the point."),
        (
            ("To draw them.", "Pictures are welcome, but something else would not work without them."),
            ("To make the next forward pass faster.", "The next batch has other numbers."),
        ),
    ),
    "02.r3": Ask(
        "What would two layers without an activation between them be?",
        ("One layer: a product of two matrices is a matrix.", "Without a bend in between nothing is gained."),
        (
            ("Twice as powerful as one.", "(x W1) W2 = x (W1 W2). How many layers is that?"),
            ("Impossible to train.", "They train. But what can they compute?"),
        ),
    ),
    "03.r1": Ask(
        "Why is a loss a mean over the samples and not a sum?",
        ("So that the size of a step does not depend on the batch.", "Twice the samples, the same scale of gradients."),
        (
            ("Because a sum could be negative.", "Squares and surprises are never negative, summed or averaged."),
            (
                "Because the mean has its lowest point elsewhere.",
                "The lowest point is the same; only the scale differs.",
            ),
        ),
    ),
    "03.r2": Ask(
        "What is the derivative of softmax cross-entropy for the scores of one sample?",
        ("p minus the one-hot target.", "What the network said minus what is true."),
        (
            ("-1/p at the true class.", "That is the derivative for p. One more step leads to the scores."),
            ("(p - target) p (1 - p).", "The slope of the softmax has been cancelled by the logarithm's 1/p."),
        ),
    ),
    "03.r3": Sum(
        "Softmax gives p = 0.5 to the true class. Type the cross-entropy of this sample, three digits.",
        lambda: -math.log(0.5),
    ),
    "04.r1": Ask(
        "A value is used in two places. What is its derivative?",
        ("The sum of what comes back along both paths.", "Over paths add."),
        (
            ("The product of both.", "Products run along one path. These are two."),
            ("The larger of both.", "If both uses change the result, both count."),
            ("What the last use sends back.", "That is what `=` would give where `+=` is needed."),
        ),
    ),
    "04.r2": Sum(
        "f = (x + y) z at x = -2, y = 5, z = -4. Type the derivative of f for x.",
        lambda: -4.0,
    ),
    "04.r3": Ask(
        "What does an addition do with the derivative that comes back to it?",
        ("It passes it on to both inputs, unchanged.", "Its local derivatives are 1 and 1."),
        (
            ("It splits it in half.", "If x grows by 1, x + y grows by 1, not by a half."),
            ("It multiplies it by the other input.", "That is what a multiplication does."),
        ),
    ),
    "05.r1": Ask(
        "What is the derivative of E for a weight between two neurons?",
        ("What went in at its start, times the error at its end.", "x.T @ dy is this for all weights at once."),
        (
            ("The weight times the error at its end.", "That is what travels on to the layer before."),
            ("The activations at its two ends multiplied.", "One of the two factors must come from behind."),
        ),
    ),
    "05.r2": Ask(
        "Why does backward start at the last layer?",
        ("A layer's error is made of the errors of the layer after it.", "Those have to be known first."),
        (
            ("The last layer has the largest weights.", "Sizes play no part. What is a hidden error computed from?"),
            ("The last layer has the fewest neurons.", "It would be the same if it had the most."),
        ),
    ),
    "05.r3": Sum(
        "a = 0.8 is a sigmoid's output. Type the slope of the sigmoid there.",
        lambda: 0.8 * (1 - 0.8),
    ),
    "06.r1": Ask(
        "How many paths lead from a first-layer weight of a 2-2-2 network to the total error?",
        ("2", "One through each output."),
        (
            ("1", "The hidden neuron it ends at feeds both outputs."),
            ("4", "A weight ends at one hidden neuron only; from there the ways part."),
        ),
    ),
    "06.r2": Ask(
        "A path contributes -0.3, the other +0.3. What is the derivative?",
        ("0, though each path carries blame.", "The sum is 0. A derivative of 0 does not mean that nothing flows."),
        (
            ("0.6", "Contributions have signs, and signs are kept in a sum."),
            ("0.3", "Both paths count, not one of them."),
        ),
    ),
    "06.r3": Ask(
        "Which factor of a path makes it vanish in a saturated sigmoid network?",
        ("The slope a (1 - a), near 0 where a is near 0 or 1.", "One small factor is enough for the whole product."),
        (
            ("The weight.", "It may be of any size. Which factor is at most 0.25?"),
            ("The input.", "Inputs are what you make them. Which factor lies in each layer?"),
        ),
    ),
    "07.r1": Ask(
        "Why are all derivatives computed before any weight is changed?",
        ("The hidden error must use the weights that made the mistake.", "New weights never made this forward pass."),
        (
            ("It is faster.", "The order costs nothing. Which W2 stands in dz2 @ W2.T?"),
            ("Otherwise the loss rises.", "It falls all the same, which is why the mistake is hard to see."),
        ),
    ),
    "07.r2": Ask(
        "The loss jumps up and down and grows. What is the first thing to try?",
        ("A smaller learning rate.", "Steps that overshoot by more than they gain are too long."),
        (
            ("More steps.", "Each step makes it worse."),
            ("More hidden neurons.", "The steps would be as long as before."),
        ),
    ),
    "07.r3": Sum(
        "w = 2, dE/dw = -0.4, learning rate 0.5. Type the new w.",
        lambda: 2 - 0.5 * -0.4,
    ),
}
