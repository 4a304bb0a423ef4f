import numpy as np
import pytest

from bplearn.errors import ArgumentError
from bplearn.exercises import check, clinic, exercise, patient

CLINICS = [f"10.{k}" for k in range(2, 8)]


def solution_of(number):
    return exercise(number).solution


@pytest.mark.parametrize("number", CLINICS)
def test_a_patient_is_ill_and_is_what_the_clinic_shows(number):
    sick = patient(number)
    assert not check(number, sick).passed
    assert f" {sick.__name__}" in clinic(number).code


def test_patients_have_their_symptoms():
    x = np.array([[1.0, 2.0], [3.0, 5.0], [0.0, -1.0]])
    assert patient("10.2")(np.array([4.0, 7.0, 9.0]), x).tolist() == [[0, 0], [7, 7], [0, 0]]

    W, b, t = np.array([[2.0], [1.0]]), np.zeros(1), x @ np.array([[2.0], [1.0]])
    L, dW, db = patient("10.3")(x, t, W, b, 0.1)
    assert (L, dW.tolist(), db.tolist()) == (0.25, [[0], [0]], [0])

    dy = np.array([[1.0], [3.0]])
    assert patient("10.4")(dy, np.array([0, 1]), 3).tolist() == [[1], [3], [0]]
    assert patient("10.4")(dy, np.array([1, 1]), 3).tolist() == [[0], [3], [0]]

    sent = np.array([[5.0, 6.0]])
    assert patient("10.5")(sent, np.array([[-1.0, 1.0]])).tolist() == [[0, 6]]
    assert sent.tolist() == [[0, 6]]


def test_dropout_that_throws_the_dice_again_is_right_on_average_alone():
    rng = np.random.default_rng(0)
    x, W, r = rng.normal(size=(6, 3)), rng.normal(size=(3, 2)), rng.normal(size=(6, 2))
    found = [patient("10.6")(x, W, r, 0.5, rng) for _ in range(4000)]
    off = [abs(np.sum(W * dW) - L) for L, dW in found]  # L is linear in W: dW times W is L itself
    assert np.median(off) > 0.5
    assert np.allclose(np.mean([dW for _, dW in found], axis=0), x.T @ r, atol=0.3)


def test_a_mask_of_the_batch_before_spoils_the_first_layer_of_the_second_batch():
    weights = np.eye(2), np.zeros(2), np.eye(2), np.zeros(2)
    sick, well = patient("10.7")(*weights), solution_of("10.7")(*weights)
    for x in (np.array([[1.0, -1.0]]), np.array([[-1.0, 1.0]])):
        for network in (sick, well):
            network.forward(x)
            network.backward(np.array([0]))
        same = [np.allclose(getattr(sick, name), getattr(well, name)) for name in ("dW1", "db1", "dW2", "db2")]
        assert same == ([True] * 4 if x[0, 0] > 0 else [False, False, True, True])


@pytest.mark.parametrize("number", ["10.1", "05.1"])
def test_who_is_no_patient(number):
    with pytest.raises(ArgumentError, match=r'the number of a bug clinic, "10\.2" to "10\.7", got'):
        patient(number)
