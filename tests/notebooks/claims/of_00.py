"""What notebook 00 claims beyond what its cells show."""

import math

import numpy as np

from bplearn import SGD, SoftmaxCrossEntropy, accuracy, datasets, mlp
from bplearn.datasets import batches
from bplearn.plotting import plot_loss
from tests.notebooks import reading_time
from tests.notebooks.claims import Claims, ran, said

CLAIMS = Claims()

CLAIMS.cited(
    "UCI, Optical Recognition of Handwritten Digits (Alpaydin and Kaynak, 1998): 30 writers train, 13 others test, 1,797 digits",
    "Here are 20 of 1,797 digits, written by 13 people.",
)

CLAIMS.cited(
    "Brod 2021, Predicting as a learning strategy: those who commit to a prediction remember more",
    "A wrong guess costs nothing, and a person who has committed to one remembers the answer better.",
)


@CLAIMS.computed(
    "One digit is a row of 64 numbers, from 0 for paper to 1 for ink:",
)
def a_digit_is_64_numbers_from_0_to_1():
    x = datasets.digits().x
    assert x.shape == (1797, 64)
    assert (x.min(), x.max()) == (0, 1)


@CLAIMS.computed(
    "(All 13 writers are in both parts.",
)
def each_block_of_one_writers_length_lies_in_both_parts():
    data = datasets.digits()
    training, unseen = data.split(test=0.3, rng=0)
    for block in np.split(data.x[: 13 * 138], 13):
        for part in (training.x, unseen.x):
            assert sum(bool((part == digit).all(axis=1).any()) for digit in block) > 20


@CLAIMS.computed(
    "The largest of the ten says which digit it is.",
    "(`predict` gets the loss as well, since the loss says what the ten outputs mean: here the largest one is the answer.)",
)
def the_largest_output_is_the_answer():
    x, loss = datasets.digits().x[:200], SoftmaxCrossEntropy()
    for seed in range(5):
        network = mlp(64, 32, 10, rng=seed)
        assert (network.predict(x, loss=loss) == network(x).argmax(axis=1)).all()


@CLAIMS.computed(
    "| **weight, bias** | the numbers that are learned | 2,368 weights and 42 biases |",
    "97 of 100, from 2,410 numbers that training changed.",
)
def weights_and_biases_and_what_they_read():
    sizes = dict.fromkeys(("W", "b"), 0)
    for parameter in mlp(64, 32, 10, rng=0).parameters():
        sizes[parameter.name] += parameter.value.size
    assert sizes == {"W": 2368, "b": 42}
    assert float(said("00", "cell-00-026")) == 0.97


@CLAIMS.computed(
    "| **learning rate** | how large a step is | 0.01 |",
    "Two others are tried now, one much smaller and one much larger.",
    trains=True,
)
def the_rates():
    names = ran("00")
    assert names["adam"].learning_rate == 0.01
    rates = [float(name.split()[1]) for name in names["runs"]]
    assert rates[1] < rates[0] / 10
    assert rates[2] > 10 * rates[0]


@CLAIMS.computed(
    "About a tenth.",
)
def an_untrained_network_guesses():
    unseen = datasets.digits().split(test=0.3, rng=0)[1]
    shares = [
        accuracy(mlp(64, 32, 10, rng=s).predict(unseen.x, loss=SoftmaxCrossEntropy()), unseen.targets)
        for s in range(20)
    ]
    assert abs(np.mean(shares) - 0.1) < 0.03


@CLAIMS.computed(
    "The curve is steep at first, then ever flatter.",
    "A healthy loss curve falls steeply, then ever more slowly.",
    trains=True,
)
def ever_flatter():
    falls = -np.diff(ran("00")["history"].epoch_loss)
    assert falls[0] > 0.8
    assert falls[:5].mean() > 5 * falls[5:10].mean() > 5 * falls[10:].mean()


@CLAIMS.computed(
    "Blind guessing among ten has a loss of 2.3, the natural logarithm of 10 (`np.log(10)`).",
    "Blind guessing among 100 has a loss of log 100 = 4.6, so it starts with no prejudice.",
)
def guessing_costs_the_logarithm():
    assert round(math.log(10), 1) == 2.3
    assert round(math.log(100), 1) == 4.6
    assert math.isclose(SoftmaxCrossEntropy().forward(np.zeros((5, 100)), np.arange(5))[0], math.log(100))


@CLAIMS.computed(
    "Most of the way takes 200 steps.",
    trains=True,
)
def most_of_the_way_takes_five_epochs():
    losses = ran("00")["history"].epoch_loss
    assert (2.4 - losses[4]) / (2.4 - losses[-1]) > 0.9


@CLAIMS.computed(
    "The faint line jumps, since each step sees only 32 digits, now easy ones and now hard ones.",
    trains=True,
)
def batches_of_32_differ_though_no_weight_moves():
    names, loss = ran("00"), SoftmaxCrossEntropy()
    training = names["training"]
    parts = [
        loss.forward(names["network"](x), t)[0] for x, t, _ in batches(training.x, training.targets, batch_size=32)
    ]
    assert max(parts) > 5 * min(parts)


@CLAIMS.computed(
    "It stays above the training loss, and in the end it no longer falls: more training gains hardly anything on new digits.",
    trains=True,
)
def the_unseen_loss_stays_above():
    history = ran("00")["history"]
    assert all(unseen > seen for unseen, seen in zip(history.validation_loss[4:], history.epoch_loss[4:], strict=True))
    assert max(history.validation_loss[-5:]) - min(history.validation_loss[-5:]) < 0.01


@CLAIMS.computed(
    "`plot_loss` takes more than our own histories.",
)
def lists_dicts_and_files():
    for losses in ([0.9, 0.5], {"loss": [0.9, 0.5]}):
        assert plot_loss(losses) is not None


@CLAIMS.computed(
    "In each step the network looked at 32 digits, and then changed its 2,410 numbers a little: up or down, each by its own amount, so that the loss would fall.",
)
def one_step_moves_all_but_the_weights_of_blank_pixels():
    training, loss = datasets.digits().split(test=0.3, rng=0)[0], SoftmaxCrossEntropy()
    x, t = training.x[:32], training.targets[:32]
    network = mlp(64, 32, 10, rng=0)
    before = [p.value.copy() for p in network.parameters()]
    y, tape = network.forward(x)
    first, cache = loss.forward(y, t)
    network.backward(loss.backward(cache), tape)
    SGD(0.1).step(network.parameters())
    assert loss.forward(network(x), t)[0] < first
    moved = [p.value != old for p, old in zip(network.parameters(), before, strict=True)]
    assert sum(one.size for one in moved) == 2410
    blank = x.max(axis=0) == 0
    assert not moved[0][blank].any()
    assert moved[0][~blank].all() and all(one.all() for one in moved[1:])


@CLAIMS.computed(
    "150 words a minute, 20 seconds for a code cell, 3 minutes for a typed answer, 8 for a function, 20 for a class, and then a quarter less to a quarter more.",
)
def how_the_minutes_are_made():
    assert reading_time.WORDS_A_MINUTE == 150
    assert reading_time.MINUTES_A_CODE_CELL * 60 == 20
    assert reading_time.MINUTES_AN_ANSWER == {"typed": 3, "function": 8, "class": 20}


@CLAIMS.computed(
    "39 full batches and a last one with the 10 digits that are left.",
)
def steps_of_an_epoch():
    training = datasets.digits().split(test=0.3, rng=0)[0]
    sizes = [len(rows) for _, _, rows in batches(training.x, training.targets, batch_size=32)]
    assert sizes == 39 * [32] + [10]


@CLAIMS.computed(
    "20 epochs of 40 steps.",
    "Your strokes become 64 numbers in the way in which those of the 13 writers did.",
)
def steps_and_pixels():
    training, unseen = datasets.digits().split(test=0.3, rng=0)
    assert len(list(batches(training.x, training.targets, batch_size=32))) == 40
    assert unseen.x.shape[1] == 64


@CLAIMS.computed(
    "| **Time** | 15 to 25 minutes, 5 to 10 of them to the first trained network |",
)
def minutes_to_a_trained_network():
    assert 0.75 * reading_time.minutes_to("00", "cell-00-021") > 5
    assert 1.25 * reading_time.minutes_to("00", "cell-00-021") < 10
