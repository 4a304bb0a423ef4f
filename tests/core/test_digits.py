"""The goal of the whole: a 64-32-10 network reads at least 95 of 100 digits that it has never seen."""

import numpy as np
import pytest

from bplearn import Adam, ReLU, SoftmaxCrossEntropy, accuracy, datasets, fit, mlp


@pytest.mark.parametrize("seed", range(5))
def test_at_least_95_percent_of_unseen_digits(seed):
    training, unseen = datasets.digits().split(test=0.3, rng=seed)
    network, loss = mlp(64, 32, 10, activation=ReLU, rng=seed), SoftmaxCrossEntropy()
    assert accuracy(network.predict(unseen.x, loss=loss), unseen.targets) < 0.3, "untrained it guesses"
    fit(network, training, loss=loss, optimizer=Adam(0.01), epochs=20, batch_size=32, rng=seed, progress=False)
    right = network(unseen.x).argmax(axis=1) == unseen.targets  # counted by hand
    assert len(unseen) >= 500
    assert right.mean() >= 0.95
    assert accuracy(network.predict(unseen.x, loss=loss), unseen.targets) == right.mean()


def test_shuffled_labels_cannot_be_learned():
    """A test set that leaks into the training would still score high here."""
    training, unseen = datasets.digits().split(test=0.3, rng=0)
    wrong = np.random.default_rng(0).permutation(training.targets)
    network, loss = mlp(64, 32, 10, activation=ReLU, rng=0), SoftmaxCrossEntropy()
    fit(network, training.x, wrong, loss=loss, optimizer=Adam(0.01), epochs=10, rng=0, progress=False)
    assert accuracy(network.predict(unseen.x, loss=loss), unseen.targets) < 0.3
