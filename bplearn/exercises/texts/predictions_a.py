"""Predictions of notebooks 00 to 06, each with a reply to every wrong statement.

Asked before the result is shown, with `predict("00.p1")` in a cell of the notebook whose number it is, in this order.
First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import math

import numpy as np

from bplearn.exercises.engine.question import Estimate, Pick
from bplearn.explain.scalar import Value, topological_order
from bplearn.functional import sigmoid


def _arrows_of_a_neuron() -> int:
    w0, w1, b, x0, x1 = map(Value, (2, -3, -3, -1, -2))
    return sum(len(node.parents) for node in topological_order((w0 * x0 + w1 * x1 + b).sigmoid()))


ASKED: dict[str, Pick | Estimate] = {
    "00.p1": Pick(
        "The network is untrained: all its weights are random. How many of the unseen digits does it get right?",
        {
            "none": "It knows nothing, but it always names one of ten digits, and now and then that is the right one.",
            "about 10%": "",
            "about 50%": "Half would be chance if there were two answers. Here there are ten to choose from.",
            "over 80%": "The pixels alone do not say which digit they show. Nothing has told the network yet, either.",
        },
        "about 10%",
        "With ten digits to choose from, blind guessing is right in one case of ten.",
    ),
    "00.p2": Pick(
        "From left to right, what will the loss curve do?",
        {
            "It falls in a straight line.": (
                "That would be learning at an even pace. But the first steps correct what is wrong for nearly every "
                "digit, and later ones only what is wrong for a few."
            ),
            "It stays high for a long time, then drops.": (
                "That is how a sudden insight looks. Here each step changes all weights a little, and the first steps "
                "have the most to correct."
            ),
            "It falls steeply at first, then ever more slowly.": "",
            "It jumps up and down with no direction.": (
                "Single steps do jump, since each sees 32 digits only. But on average each step lowers the loss."
            ),
        },
        "It falls steeply at first, then ever more slowly.",
        "What all digits of a kind share is learned quickly; the rare cases take the rest of the time.",
    ),
    "00.p3": Pick(
        "The learning rate was 0.01. 0.0005 is 20 times smaller, 0.3 is 30 times larger. "
        "Which of the three ends with the lowest loss after 20 epochs?",
        {
            "0.0005, for it takes the most careful steps": (
                "Its steps go the right way. But 800 of them are too few to arrive when each is that short."
            ),
            "0.01": "",
            "0.3, for it learns fastest": (
                "Large steps are fast as long as they go downhill. These jump over the valley and land on the other "
                "side, again and again."
            ),
            "all the same: a rate changes only the time that is needed": (
                "That holds among rates that are small enough, given endless time. One of these is too large to arrive."
            ),
        },
        "0.01",
        "Too small is slow, too large overshoots: a good rate lies between.",
    ),
    "01.p1": Estimate(
        "σ(0) = 0.5 and σ(1) = 0.731. What is σ(-1)? Three digits.",
        lambda: float(sigmoid(np.array(-1.0))),
        "The curve is symmetric about the point (0, 0.5): as far as σ(1) lies above one half, σ(-1) lies below it.",
        slips={
            "-0.731": "You mirrored it about 0. But the middle of this curve is 0.5, and it never goes below 0.",
            "0.731": "That would be the same answer to -1 as to 1. The curve rises all the way from 0 to 1.",
            "0": "It comes near 0 only far on the left, below about -4.",
        },
    ),
    "01.p2": Pick(
        "Which nudge h finds the slope most precisely, if both sides are nudged?",
        {
            "0.1": "It is coarse: over a step of 0.1 the curve bends, and the nudge measures the bend, too.",
            "0.00001 (1e-5)": "",
            "0.000000001 (1e-9)": (
                "The smaller the better is true on paper, for the bend vanishes. But a computer keeps 16 digits, and "
                "the two answers agree in nearly all of those that matter here."
            ),
            "0.0000000000001 (1e-13)": (
                "The smaller the better is true on paper. But the two answers differ only in their last digits, and "
                "the very last one is a rounding error. Divided by a tiny number, it becomes large."
            ),
        },
        "0.00001 (1e-5)",
        "A large h bends, a tiny h rounds. The best lies between.",
    ),
    "01.p3": Pick(
        "Two neurons start with the same weights and train for 1,500 updates on a task that one alone cannot do. "
        "Will they differ in the end?",
        {
            "Yes: the task needs two different ones, so training drives them apart.": (
                "The need is there, but nothing in an update knows of it. Each neuron follows its own slope, and the "
                "two slopes are equal."
            ),
            "Yes, a little: rounding errors grow over 1,500 updates.": (
                "Rounding is no dice: the same sums of the same numbers are rounded in the same way, for both neurons."
            ),
            "No: they stay equal, digit for digit.": "",
        },
        "No: they stay equal, digit for digit.",
        "Equal weights, equal answers, equal slopes, equal updates: and so on for ever.",
    ),
    "02.p1": Pick(
        "Where in the table W stands 0.25, the weight that leads from the first input to the second unit?",
        {
            "W[0, 1]": "",
            "W[1, 0]": (
                "That is unit before input, as other books write it. Here a row is an input and a column is a unit."
            ),
            "W[1, 2]": "The order is right: input, then unit. But Python counts from 0.",
            "W[0, 0]": "There stands 0.15. It leads from the first input to the first unit.",
        },
        "W[0, 1]",
        "Row 0 is the first input, column 1 is the second unit.",
    ),
    "02.p2": Pick(
        "Which numbers of the forward pass will be needed to say how y₁ answers to the weight 0.40 between h₁ and y₁?",
        {
            "the weight 0.40 itself": (
                "The weight says how y₁ answers to h₁. Turn it round: how far y₁ moves when the weight moves depends "
                "on what the weight is multiplied by."
            ),
            "h₁": "The input of the weight is needed. But behind it stands the sigmoid, and how steep is it there?",
            "h₁ and y₁": "",
            "h₁, h₂, y₁ and y₂": "h₂ runs through another weight, and y₂ is another neuron. Neither moves or matters.",
        },
        "h₁ and y₁",
        "As in notebook 1, a (1 - a) x: the answer of the neuron, and the input of the weight.",
    ),
    "03.p1": Pick(
        "Four answers stand in a column (4, 1), four targets in a list (4,). Which shape has their difference?",
        {
            "(4, 1)": "It would be if the targets stood in a column, too. NumPy takes a list for a row.",
            "(4,)": "It would be if the answers were a list, too. NumPy lines shapes up from the right: 1 meets 4.",
            "(4, 4)": "",
            "none: there is an error message": "NumPy stretches a size of 1 without a word. That is the trouble.",
        },
        "(4, 4)",
        "The column is repeated four times, and so is the row: every answer meets every target.",
    ),
    "03.p2": Estimate(
        "The truth is yes, and the network says p = 0.01. Half the square of its error is 0.49. "
        "How large is its surprise, -log p?",
        lambda: -math.log(0.01),
        "The logarithm is the natural one, and log 0.01 = -4.6. For p = 0.0001 it would be twice as much.",
        tolerance=0.1,
        slips={
            "0.99": "That is the distance 1 - p. The surprise is no distance: it grows without limit.",
            "2": "That is the logarithm to base 10. Here and in all libraries log is the natural one, to base e.",
            "-2": "That is log p, to base 10. The surprise is -log p, with the natural logarithm.",
            "100": "That is 1 / p. The surprise is its logarithm.",
        },
    ),
    "03.p3": Pick(
        "The network says p = (0.2, 0.3, 0.5), the true class is 1. What is the derivative for the three scores?",
        {
            "(0, -0.7, 0)": (
                "The loss looks at the true class only, that is right. But softmax shares: when another score rises, "
                "the true class loses."
            ),
            "(0.2, -0.7, 0.5)": "",
            "(-0.2, 0.7, -0.5)": (
                "That is the way the scores should move. The derivative says how the loss answers, so it has the "
                "other sign."
            ),
            "(0.2, 0.3, 0.5)": "That is what was said. What is true, (0, 1, 0), is still to be taken away.",
        },
        "(0.2, -0.7, 0.5)",
        "What was said minus what is true: (0.2, 0.3, 0.5) - (0, 1, 0).",
    ),
    "04.p1": Pick(
        "e = (a + b) (b + 1) at a = 2, b = 1. When b grows by 0.001, by how much does e grow?",
        {
            "by 0.002": "That is what comes through c alone. But b is used a second time, in d.",
            "by 0.003": "That is what comes through d alone. But b is used a second time, in c.",
            "by 0.005": "",
            "by 0.006": "You multiplied the two ways, 2 · 3. But both happen at once, side by side: they add up.",
        },
        "by 0.005",
        "0.002 through c, and 0.003 through d.",
    ),
    "04.p2": Pick(
        "This first try is run on both circuits, f and e. For which will a gradient be wrong?",
        {
            "for f, which has a negative number in it": (
                "Signs are just factors. Look for a number to which two arrows lead back."
            ),
            "for e, in which b is used twice": "",
            "for both": "f has no number that is used twice. Each of its gradients arrives in one piece.",
            "for none: it walks back, multiplies and hands on": (
                "So it does. But what happens to the first share of b when the second one arrives?"
            ),
        },
        "for e, in which b is used twice",
        "The = sign overwrites the share that arrived first. No message tells you.",
    ),
    "04.p3": Estimate(
        "The neuron has 9 arrows and 5 inputs. Forward needs 5 · 9 = 45 multiplications for all five derivatives. "
        "How many does backward need?",
        _arrows_of_a_neuron,
        "One walk from the output back, one multiplication for each arrow, and every input has its derivative.",
        tolerance=0,
        slips={
            "45": "That would be one walk for each input. But backward starts at the output, and there is only one.",
            "5": "One for each input would do if each were one arrow away from y. But sums and products lie between.",
            "1": "One walk is enough. But it passes all the arrows, and each of them multiplies.",
        },
    ),
    "05.p1": Pick(
        "h₁ and h₂ are almost equal. Which of the four derivatives will be nearly the same?",
        {
            "dw₅ and dw₆, and also dw₇ and dw₈": "",
            "dw₅ and dw₇, and also dw₆ and dw₈": (
                "These share the input in front of them, h₁ or h₂. But the errors behind them differ, even in sign."
            ),
            "all four": "The inputs in front are nearly the same for all. But the errors behind them are not.",
            "none: the four weights are all different": (
                "The weight itself does not occur in its derivative. Look at (5.4): what does?"
            ),
        },
        "dw₅ and dw₆, and also dw₇ and dw₈",
        "The error behind is the same within each pair, and the input in front is almost the same.",
    ),
    "05.p2": Pick(
        "Output 1 wants h₁ to be smaller, output 2 wants it to be larger. Which sign has ∂E/∂h₁?",
        {
            "plus: output 1 wins": "",
            "minus: output 2 wins": (
                "Its weight is the larger one, 0.50 against 0.40. But its error is by far the smaller one, -0.038 "
                "against 0.138."
            ),
            "neither: the two cancel": "Opposite signs do take away from each other. But the sizes are far from equal.",
        },
        "plus: output 1 wins",
        "0.138 · 0.40 is larger than 0.038 · 0.50.",
    ),
    "05.p3": Pick(
        "What happens if the transpose is forgotten, so that delta_o @ W2 is computed?",
        {
            "An error message: the shapes do not fit.": (
                "They would not if the layer had 2 inputs and 3 outputs. This one is square, and so is its transpose."
            ),
            "No message, and all four derivatives are wrong.": (
                "dW2 and db2 are made of delta_o alone. It was there before W2 was needed."
            ),
            "No message, and W1 and b1 are wrong.": "",
            "No message, and W2 and b2 are wrong.": (
                "W2 occurs in the line, but whose derivative is made of the result? That of the layer before."
            ),
        },
        "No message, and W1 and b1 are wrong.",
        "On the way back, what comes before the mistake is right, and all that comes after it is wrong.",
    ),
    "06.p1": Pick(
        "The ten outputs are the ten classes. The 6 was read as a 1. Through which outputs will nearly all of its "
        "error go?",
        {
            "through the 6 alone, which should have been said": (
                "The loss looks at the 6 only. But softmax shares: what the 1 got too much, the 6 lost."
            ),
            "through the 1 alone, which was said": (
                "Its score is too high, that is half of it. But the score of the 6 is too low, and it counts as well."
            ),
            "through the 6 and the 1": "",
            "through all ten alike": (
                "Each gets what was said minus what is true. The network gave the other eight next to nothing."
            ),
        },
        "through the 6 and the 1",
        "p minus the truth: about -1 at the 6, about +1 at the 1, nearly 0 elsewhere.",
    ),
    "06.p2": Pick(
        "Of all 2,410 weights and biases, in which layer are those with the largest derivatives for this 6?",
        {
            "in the first, which looks at the picture": (
                "There are the most weights. But the error arrives there late: each step back multiplies it by a "
                "weight and by a slope of at most a quarter."
            ),
            "in the last, next to the error": "",
            "in both alike": "A weight of the first layer has the same factors at its end, and a few small ones more.",
        },
        "in the last, next to the error",
        "Fewer factors lie between it and the error.",
    ),
    "06.p3": Pick(
        "539 digits pull at this weight, 16 of them are misread. How much of the whole pull comes from these 16?",
        {
            "about 3%, for they are 3% of the digits": (
                "That would be so if all pulled alike. But a digit that is read with confidence sends almost nothing "
                "back."
            ),
            "about half": "",
            "all of it, for the others are right": (
                "Right is not the same as sure. Whoever says the right digit with p = 0.8 still has an error of 0.2."
            ),
        },
        "about half",
        "Those that are read with confidence hardly pull, and those that are read right but unsurely make the rest.",
    ),
}
