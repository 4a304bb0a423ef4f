"""Predictions of notebooks 07 to 14, each with a reply to every wrong statement.

Asked before the result is shown, with `predict("07.p1")` in a cell of the notebook whose number it is, in this order.
First met in notebooks/07_weight_updates.ipynb.
"""

from __future__ import annotations

import math

from bplearn.exercises.engine.question import Estimate, Pick

ASKED: dict[str, Pick | Estimate] = {
    "07.p1": Estimate(
        "The ball starts at 10, and each place is 0.6 times the one before. Where is it after ten steps?",
        lambda: 10 * 0.6**10,
        "One power is enough: 10 times 0.6 to the power of 10.",
        tolerance=0.05,
        slips={
            "-30": "That is ten times the first step, 4 long. But the slope gets smaller, and the steps with it.",
            "6": "That is the place after one step. Nine more follow, each with the factor 0.6.",
            "0": "It comes close. But a part of a positive number is never 0.",
        },
    ),
    "07.p2": Pick(
        "Somebody updates w₅ to w₈ first, and then sends the error back through them. Which new weights are wrong?",
        {
            "all eight": "w₅ to w₈ were updated before anything was wrong. Only what comes after can be.",
            "w₅ to w₈": "They were updated with right derivatives. Who uses them afterwards?",
            "w₁ to w₄": "",
            "none: each weight is updated once": (
                "Each is. But the error of the hidden units comes through w₅ to w₈, and these are no longer the ones "
                "that made it."
            ),
        },
        "w₁ to w₄",
        "Their error came through output weights that did not make it.",
    ),
    "07.p3": Pick(
        "How does the wrong order do after 10,000 steps, compared with the right one?",
        {
            "It diverges.": (
                "A wrong derivative need not lead uphill. This one has the right sign, and nearly the right size."
            ),
            "Its error is about ten times as large.": (
                "It would be if the mistakes added up. But each step starts where the last one ended, and corrects."
            ),
            "Its error is about 17% larger.": (
                "That is how far off the first derivative of w₁ is. But each later step corrects what is left."
            ),
            "It is not worse at all.": "",
        },
        "It is not worse at all.",
        "Both end at 0.000035. The mistake changes the way down, and hardly where it ends.",
    ),
    "08.p1": Pick(
        "Which of these stays as it is, letter for letter, when it is written for all rows at once?",
        {
            "delta_o = (o - t) * o * (1 - o)": (
                "Row by row it could stay. But the error is a mean now, and its 1/N has to come in somewhere."
            ),
            "dh = W2 @ delta_o": (
                "delta_o has three rows now, (3, 2). W2 is (2, 2): what must stand on the left for the shapes to fit?"
            ),
            "delta_h = dh * h * (1 - h)": "",
            "np.outer(h, delta_o)": "An outer product takes one sample. Those of all samples are still to be added up.",
        },
        "delta_h = dh * h * (1 - h)",
        "What is done number by number does not ask how many rows there are.",
    ),
    "08.p2": Pick(
        "Three samples, and someone writes delta_o.mean(axis=0) for the derivative of b2. What comes out?",
        {
            "the right value, for the loss is a mean": (
                "It is. That is why delta_o holds a 1/3 already. Here it comes a second time."
            ),
            "a third of the right value, for b2": "",
            "a third of the right value, for b2 and W2": (
                "W2 gets h.T @ delta_o. The derivative of b2 does not occur in it."
            ),
            "three times the right value, for b2": "A mean is smaller than the sum it is made of, not larger.",
        },
        "a third of the right value, for b2",
        "It is divided by N twice. With 256 samples it would be a 256th.",
    ),
    "08.p3": Estimate(
        "1,258 digits in batches of 32: how many updates are in one epoch?",
        lambda: float(math.ceil(1258 / 32)),
        "39 full batches, and a last one of the 10 that are left.",
        tolerance=0,
        slips={
            "39": "That leaves out 10 digits. The last batch may be small, but it makes an update.",
            "39.3": "Updates are counted in whole ones. What becomes of the digits that are left?",
            "1258": "That would be one update for each digit: batches of 1.",
        },
    ),
    "09.p1": Pick(
        "One layer is trained on the two moons. What will the border between the classes look like?",
        {
            "a straight line": "",
            "a curve that winds between the moons": (
                "That is what the data ask for. But what can a weighted sum do? It is 0 along one line."
            ),
            "two lines, one for each class": (
                "Each class has a score of its own. But the border is where the two are equal, and that is one line."
            ),
        },
        "a straight line",
        "Two weighted sums are equal along a line, however long they are trained.",
    ),
    "09.p2": Estimate(
        "The same layer on the four points of XOR, 500 epochs, from weights of 0. What will the loss be? Two digits.",
        lambda: math.log(2),
        "No weight moves, each point gets the probability 1/2, and -log 0.5 = 0.69.",
        tolerance=0.02,
        slips={
            "0": "For that the border would have to separate opposite corners. One line cannot.",
            "0.5": "That is the probability of each class. The loss is -log of it.",
            "0.25": "With three of four points right, one might think. But what pulls the weights to that side?",
            "1": "That is -log 0.5 to base 2. Here log is the natural one, as in notebook 3.",
        },
    ),
    "09.p3": Pick(
        "The digits, 20 epochs with the rate 0.1: what does updating the output weights first do to the accuracy on "
        "unseen digits?",
        {
            "It stays near 10%: nothing is learned.": (
                "A wrong derivative need not lead uphill. How far is the new W2 from the old one after one small step?"
            ),
            "It loses about 10 points.": (
                "The hidden error is off by some percent. But training is a loop: the next step corrects what is left."
            ),
            "It loses about 1 point.": (
                "That is cautious. But the mistake only changes the way a little, and the way is corrected all along."
            ),
            "It stays the same.": "",
        },
        "It stays the same.",
        "The accuracy does not show it, and neither does the loss.",
    ),
    "10.p1": Pick(
        "What does this check say of a gradient that is five times too large, and of one that is zero?",
        {
            "It rejects both.": (
                "So it should. But put the numbers in: by how much do f(w + h) and f(w) differ, and what is allowed?"
            ),
            "It rejects the one that is too large, and accepts zero.": (
                "Five times too large means 60 · 0.00001 = 0.0006 in place of 0.00012. How far off may that be?"
            ),
            "It accepts the one that is too large, and rejects zero.": (
                "With zero it expects f(w) itself. That is off by 0.00012. How much is allowed?"
            ),
            "It accepts both.": "",
        },
        "It accepts both.",
        "The outputs of so short a step agree within the tolerance, whatever the slope is.",
    ),
    "10.p2": Estimate(
        "How many of the 22 wrong gradients will reach 90% on unseen digits, with a falling loss?",
        lambda: 15.0,
        "Two thirds of them look fine. The loss falls as long as a step leads roughly downhill.",
        tolerance=0.1,
        slips={
            "0": "A wrong step seems to lead astray. But it is enough that it leads downhill, if only roughly.",
            "2": "That is cautious. Think of a derivative with a wrong factor: does its step lead uphill?",
            "11": "Half of them: nearer than most. But even random numbers on the way back still lead downhill.",
            "22": "Some do fail. Think of a sign that is wrong: then each step leads uphill.",
        },
    ),
    "10.p3": Pick(
        "One of the 22 slips through at first, since it shows only in a second batch. Which one?",
        {
            "biases never updated": "Their derivative is 0 in every batch, the first one too. The difference is not.",
            "gradients not cleared": "",
            "N hard-coded as 32": "The first batch has ten samples. Dividing by 32 shows at once.",
            "output weights updated too early": (
                "It happens within one batch: the new weights are used on the way back. So the first one shows it."
            ),
        },
        "gradients not cleared",
        "At the first batch there is nothing to clear yet.",
    ),
    "11.p1": Pick(
        "A network of 64-32-10 starts with all weights 0. Which of its four arrays have changed after 15 epochs?",
        {
            "all four": "For that an error must reach the hidden layer. It comes through the output weights, all 0.",
            "W and b of the output": (
                "The error is there. But the derivative of W is error times hidden value: what does tanh(0) give?"
            ),
            "b of the output": "",
            "none": "The derivative of an output bias is the error itself, with no weight and no input in it.",
        },
        "b of the output",
        "Everything else is multiplied by a weight of 0 or by a hidden value of 0.",
    ),
    "11.p2": Estimate(
        "Each ReLU layer with LeCun's start halves the mean square. What is left of a size of 1 after ten layers?",
        lambda: math.sqrt(0.5**10),
        "0.5 to the power of 10 is left of the mean square. The size is its root.",
        tolerance=0.1,
        slips={
            "0.000977": "That is what is left of the mean square. The size is its root.",
            "0.5": "That is the mean square after one layer. There are ten.",
            "1": "That holds without the ReLU: LeCun's start keeps the size of the sums. The ReLU takes half of it.",
        },
    ),
    "11.p3": Pick(
        "The third of six layers is dead. Which of the twelve arrays W and b get a gradient?",
        {
            "all but W and b of the dead layer": (
                "A dead layer stands in the way of all others: no error comes through it, and no signal."
            ),
            "those of the layers behind it": (
                "They do get an error. But the derivative of W is error times input. What comes in behind a dead layer?"
            ),
            "those of the layers before it": "They get signals, but no error: the dead layer lets none through.",
            "the last b alone": "",
        },
        "the last b alone",
        "Before it no error arrives, behind it only zeros: all sums are 0, and a ReLU at 0 lets nothing back, either.",
    ),
    "12.p1": Estimate(
        "The gradient of one sample is off by 1.0, typically. By how much is that of a batch of 16 off?",
        lambda: 1.0 / math.sqrt(16),
        "Errors of different samples cancel in part. Of n, a root of n is left of the sum.",
        tolerance=0.05,
        slips={
            "0.0625": "You divided by 16. The sum is divided by 16, but it has grown: to four times one error.",
            "1": "If all were off in the same direction, the mean would be off as far. But they cancel in part.",
            "4": "So large is the error of the sum. The gradient is the mean.",
        },
    ),
    "12.p2": Estimate(
        "Batches of 10 do well with the rate 0.1. Batches of 20 make half as many updates. Which rate makes up for it?",
        lambda: 0.1 * 20 / 10,
        "Half the updates, each twice as long.",
        slips={
            "0.05": "Half the updates with half the rate get a quarter as far. It is the other way round.",
            "0.1": "Then each update is as long as before, and there are half as many of them.",
            "0.1414": (
                "The root of 2 belongs to the noise, which falls with the root of the batch. Here the way counts: "
                "half as many steps."
            ),
        },
    ),
    "12.p3": Pick(
        "In which corner of the map will the worst pair be, after 15 epochs?",
        {
            "large rate, batches of 5": (
                "Long steps along noisy gradients are risky. But they do move, 36 times as often as the full batch."
            ),
            "large rate, all 180 at once": "Few steps, but long ones along an exact gradient: that gets somewhere.",
            "small rate, batches of 5": "The steps are short. But there are 540 of them.",
            "small rate, all 180 at once": "",
        },
        "small rate, all 180 at once",
        "15 updates, each of them short: the network has hardly moved.",
    ),
    "13.p1": Estimate(
        "β = 0.5, and the gradient is 1 in every step. Where does v end?",
        lambda: 1 / (1 - 0.5),
        "1 + 0.5 + 0.25 + ... = 2. Where v stays as it is, v = 0.5 v + 1.",
        slips={
            "1": "That is one gradient alone, with nothing kept. But half of the old v is kept at each step.",
            "1.75": "That is v after three steps. It goes on, by half of the last increase each time.",
            "0.5": "That is the part that is kept. How much must v be so that half of it and 1 give v again?",
        },
    ),
    "13.p2": Estimate(
        "Adam without its corrections: m = 0.2 and s = 0.004 after the first step. How long is it, in units of η?",
        lambda: 0.2 / math.sqrt(0.004),
        "0.2 divided by the root of 0.004. The corrections make it 1.",
        tolerance=0.02,
        slips={
            "1": "That is Adam's step with the corrections. m is 10 times too small, and the root of s about 32 times.",
            "50": "You divided by s. It is a mean of squares, so its root is the size.",
            "0.2": "That is m. It is still divided by the root of s.",
        },
    ),
    "13.p3": Pick(
        "The rate 1.0 suits plain gradient descent here. What does it do with 3.0?",
        {
            "It arrives sooner: the steps are longer.": (
                "Up to a point they do better. But there is a limit, 2 / c (7.3): beyond it each step leads up."
            ),
            "It ends a little worse than with 1.0.": (
                "RMSProp does, which divides by the size. A plain step grows with its gradient: nothing holds it."
            ),
            "It learns nothing.": "",
        },
        "It learns nothing.",
        "The best rate of plain gradient descent lies close below the limit (7.3).",
    ),
    "14.p1": Pick(
        "300 guessers with ten-sided dice. What does the best of them on the first 100 digits reach there, and what on "
        "the other 1,697?",
        {
            "about 10% on both": (
                "So it is for one guesser. But you took the luckiest of 300, and luck is what you selected."
            ),
            "about 20% on the first 100, about 10% on the others": "",
            "about 20% on both": "That would be skill. A die has none: its luck does not go with it to other digits.",
            "about 50% on the first 100, about 10% on the others": (
                "The direction is right. But even the luckiest of 300 does not get 50 of 100 at one in ten."
            ),
        },
        "about 20% on the first 100, about 10% on the others",
        "Choosing by a number makes that number too good, and no other.",
    ),
    "14.p2": Pick(
        "17 of the 100 labels are wrong. What accuracy does it reach on these 100, the wrong labels counted as right?",
        {
            "about 70%: wrong labels spoil the learning": (
                "That is what it reaches on other digits. On these it has 256 units to remember 100 answers."
            ),
            "about 83%: wrong labels cannot be learned": (
                "They cannot be understood. But with 256 units for 100 digits nothing needs to be understood."
            ),
            "100%": "",
        },
        "100%",
        "It learns them by heart, right or wrong.",
    ),
    "14.p3": Pick(
        "The loaded network gets raw pixels: nobody standardized them. What accuracy does it have on the test digits?",
        {
            "97.6%, as before: the weights are the same": (
                "They are. But they were made for other units. Twice the number at the input is twice the sum."
            ),
            "about 70%": "",
            "about 10%: blind guessing": (
                "The strokes are still where they were, so something comes through. But the units are wrong."
            ),
            "none: there is an error message": "The shapes fit, and numbers are numbers. Nothing can notice it.",
        },
        "about 70%",
        "A network without its mean and standard deviation is a different reader, and nothing tells you.",
    ),
}
