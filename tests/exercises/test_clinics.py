import numpy as np
import pytest

from bplearn.errors import ArgumentError
from bplearn.exercises import check, clinic, patient

CLINICS = [f"10.{k}" for k in range(2, 8)]


@pytest.mark.parametrize("number", CLINICS)
def test_a_patient_is_ill_and_is_what_the_clinic_shows(number):
    sick = patient(number)
    assert not check(number, sick).passed
    assert f" {sick.__name__}" in clinic(number).code


def test_patients_have_their_symptoms():
    dy, x, W = np.array([[1.0], [3.0]]), np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[2.0], [7.0]])
    dx, dW, db = patient("10.2")(dy, x, W)
    assert (dx.tolist(), dW.tolist(), db.tolist()) == ([[2, 7], [6, 21]], [[10], [17]], [2])
    sent = np.array([[5.0, 6.0]])
    assert patient("10.5")(sent, np.array([[-1.0, 1.0]])).tolist() == [[0, 6]]
    assert sent.tolist() == [[0, 6]]
    weights = np.ones((2, 3)), np.zeros(3), np.ones((3, 2)), np.zeros(2)
    network = patient("10.7")(*weights)
    network.forward(np.ones((4, 2)))
    network.backward(np.array([0, 1, 1, 1]))
    first = network.dW2
    network.backward(np.array([0, 1, 1, 1]))
    assert np.allclose(network.dW2, 2 * first)
    assert np.any(first)


@pytest.mark.parametrize("number", ["10.1", "05.1"])
def test_who_is_no_patient(number):
    with pytest.raises(ArgumentError, match=r'the number of a bug clinic, "10\.2" to "10\.7", got'):
        patient(number)
