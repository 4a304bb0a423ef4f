"""The training lab, without a browser, on data of the learner's own."""

from bplearn import datasets
from bplearn.widgets import training_lab


def test_the_lab_opens_on_a_dataset_and_names_it():
    rest, _ = datasets.digits().split(test=0.3, rng=0)
    lab = training_lab(rest, hidden=(4,), activation="ReLU")
    lab.logic.session.step()
    assert lab.logic.experiment.data is rest
    assert lab.logic.experiment.data_name == rest.name
