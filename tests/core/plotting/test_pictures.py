"""The pictures of networks, signals, images and answers: what is drawn are the numbers, and the words say them."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from bplearn import (
    BinaryCrossEntropy,
    Dense,
    HalfSquaredError,
    MeanSquaredError,
    ReLU,
    Sequential,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    datasets,
    mlp,
)
from bplearn.errors import ArgumentError, DataError, ShapeError, TargetError
from bplearn.plotting import (
    alt_text,
    plot_activations,
    plot_confusion,
    plot_decision_boundary,
    plot_gradients,
    plot_images,
)


def words(ax):
    return [text.get_text() for text in ax.texts]


def mazur():
    """The published 2-2-2 network, after its backward pass."""
    network = Sequential(
        Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35]),
        Sigmoid(),
        Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60]),
        Sigmoid(),
    )
    y, tape = network.forward([[0.05, 0.10]])
    loss = HalfSquaredError()
    network.backward(loss.backward(loss.forward(y, [[0.01, 0.99]])[1]), tape)
    return network, tape


# signals


def test_activations_say_mean_spread_and_zeros():
    network = Sequential(Dense(1, 1, weights=[[2.0]]), ReLU())
    _, tape = network.forward([[-1.0], [1.0], [2.0], [-5.0]])
    ax = plot_activations(tape)
    assert "Layer 1 ReLU: mean 1.5, standard deviation 1.658, from 0 to 4, 50% zeros." in alt_text(ax)
    assert [label.get_text() for label in ax.get_xticklabels()][2] == "1 ReLU\nstd 1.7\n50% zeros"
    assert [line.get_ydata()[0] for line in ax.lines] == [-0.75, -1.5, 1.5]  # the bars of the means


def test_activations_of_one_kind_of_layer_leave_out_the_input():
    network = Sequential(Dense(1, 1, weights=[[9.0]]), Tanh(), Dense(1, 1), Tanh())
    _, tape = network.forward([[50.0], [-50.0]])
    ax = plot_activations(tape, only=Tanh)
    assert [label.get_text().split("\n")[0] for label in ax.get_xticklabels()] == ["1 Tanh", "3 Tanh"]
    assert ax.get_ylim()[1] < 1.2  # neither the input nor the sums stretch the axis
    assert "Input" not in alt_text(ax)
    assert "Dense" not in alt_text(ax)


def test_constant_activations_are_one_bar():
    _, tape = Sequential(Dense(1, 2, weights=[[0.0, 0.0]])).forward([[1.0], [1.0]])
    assert len(plot_activations(tape).collections) == 0


def test_activation_errors(message):
    network = mlp(1, 1, rng=0)
    assert "expected a tape, got a Sequential" in message(ArgumentError, plot_activations, network)
    _, tape = Sequential(Dense(1, 1, weights=[[1e308]])).forward([[1.0]])
    said = message(ArgumentError, plot_activations, tape, only=Tanh)
    assert "expected a kind of layer in this network: Dense, got <class 'bplearn.layers.activations.Tanh'>" in said
    tape[0].y = np.array([[np.inf]])
    assert "Layer 0 Dense expected finite numbers, got 1 of 1" in message(DataError, plot_activations, tape)


def test_gradients_are_bars_of_their_root_mean_square():
    network, tape = mazur()
    dW = np.array([[0.000438567734, 0.000497712735], [0.000877135469, 0.000995425471]])  # as published
    for source in (network, tape):
        ax = plot_gradients(source)
        assert ax.get_yscale() == "log"
        bars = {container.get_label(): [bar.get_height() for bar in container] for container in ax.containers}
        np.testing.assert_allclose(bars["dW"][0], np.sqrt((dW**2).mean()), rtol=1e-9)
        np.testing.assert_allclose(bars["db"][1], np.sqrt((0.138498561629**2 + 0.038098236517**2) / 2), rtol=1e-9)
        assert "Layer 0 Dense(2 -> 2): W 0.0007417, b 0.009381." in alt_text(ax)
        assert [bar.get_hatch() for container in ax.containers for bar in container] == [None, None, "///", "///"]


def test_gradients_of_zero_are_named(message):
    network = Sequential(Dense(1, 1, weights=[[1.0]]))
    _, tape = network.forward([[0.0]])
    network.backward(np.array([[0.0]]), tape)
    ax = plot_gradients(network)
    assert words(ax) == ["0", "0"]
    ax.figure.canvas.draw()
    assert "gradients of layer 0, Dense(1 -> 1), got none" in message(DataError, plot_gradients, mlp(1, 1, rng=0))
    assert "expected a network or a tape" in message(ArgumentError, plot_gradients, 3)
    assert "a layer with parameters" in message(DataError, plot_gradients, Sequential(ReLU()))


# decision boundaries

STEP = [[40.0], [0.0]]  # class 1 where x0 > 0.5


def test_binary_boundary_lies_where_the_answer_changes():
    network = Sequential(Dense(2, 1, weights=STEP, bias=[-20.0]))
    x = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    ax = plot_decision_boundary(network, x, [0, 1, 0, 0], loss=BinaryCrossEntropy())
    contour = next(c for c in ax.collections if hasattr(c, "levels"))
    places = np.concatenate([path.vertices for path in contour.get_paths()])
    np.testing.assert_allclose(places[:, 0], 0.5, atol=0.01)
    assert "3 of 4 samples right (accuracy 0.75). Class 0: 3 samples, 1 wrong. Class 1: 1 sample, 0 wrong." in alt_text(
        ax
    )
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["0", "1", "wrong (1)"]


def test_the_answer_changes_at_one_half():
    network = Sequential(Dense(2, 1, weights=[[1.0], [0.0]]), Sigmoid())
    ax = plot_decision_boundary(network, [[-0.1, 0.0], [0.1, 0.0]], [0, 1])  # probabilities 0.475 and 0.525
    assert "2 of 2 samples right" in alt_text(ax)


@pytest.mark.parametrize("targets", [[0, 1], [[0], [1]], [0.0, 1.0], [[1, 0], [0, 1]]])
def test_targets_in_every_form(targets):
    network = Sequential(Dense(2, 1, weights=STEP, bias=[-20.0]), Sigmoid())
    ax = plot_decision_boundary(network, [[0, 0], [1, 1]], targets)
    assert "2 of 2 samples right" in alt_text(ax)
    assert "2 of 2" in alt_text(plot_decision_boundary(network, [[0, 0], [1, 1]], targets, loss=MeanSquaredError()))


def test_classes_have_their_own_markers():
    data = datasets.blobs(30, classes=4)
    ax = plot_decision_boundary(mlp(2, 4, rng=0), data, loss=SoftmaxCrossEntropy())
    points = {c.get_label(): c for c in ax.collections if c.get_label() in "0123"}
    assert len({path.get_paths()[0].vertices.tobytes() for path in points.values()}) == 4
    assert len({to_hex(path.get_facecolor()[0]) for path in points.values()}) == 4
    assert sum(len(c.get_offsets()) for c in points.values()) == 30


def test_boundary_errors(message):
    network = mlp(2, 1, rng=0)
    draw = plot_decision_boundary
    assert "expected x of shape (N, 2), got (1797, 64)." in message(ShapeError, draw, network, datasets.digits())
    assert "Pass a Dataset, or x and targets." in message(ArgumentError, draw, network, [[0, 1]])
    assert "expected targets of shape (1,), got (2,)." in message(ShapeError, draw, network, [[0, 1]], [0, 1])
    assert "class numbers as targets" in message(TargetError, draw, network, [[0, 1]], [0.5])
    assert "class numbers as targets" in message(TargetError, draw, network, [[0, 1]], ["cat"])
    assert "Pass the loss it was trained with" in message(ArgumentError, draw, network, [[0, 1]], [1])
    assert "resolution expected" in message(
        ArgumentError, draw, network, [[0, 1]], [1], resolution=1, loss=BinaryCrossEntropy()
    )
    assert "a Sequential network" in message(ArgumentError, draw, None, [[0, 1]], [1])


# images and confusion


def test_images_are_the_pixels_and_wrong_ones_are_framed():
    x = np.arange(12.0).reshape(3, 4)
    ax = plot_images(x, targets=[0, 1, 1], predicted=[0, 1, 0], names=["cat", "dog"])
    np.testing.assert_array_equal(ax.images[2].get_array(), [[8, 9], [10, 11]])
    assert words(ax) == ["cat", "dog", "dog, said cat"]
    assert [patch.get_linestyle() == "-" or patch.get_linestyle() == "solid" for patch in ax.patches] == [
        True,
        True,
        False,
    ]
    assert alt_text(ax) == "3 images of 2 x 2. Classes cat, dog, dog. 1 wrong: image 2 is dog, answered cat."


def test_images_of_a_dataset():
    data = datasets.digits()
    ax = plot_images(data, count=12)
    assert len(ax.images) == 12
    np.testing.assert_array_equal(ax.images[5].get_array(), data.x[5].reshape(8, 8))
    assert words(ax) == [str(n) for n in data.targets[:12]]
    assert len({image.get_clim() for image in ax.images}) == 1  # one scale for all


def test_signed_images_have_zero_in_the_middle():
    assert plot_images([[[-1.0, 3.0]]]).images[0].get_clim() == (-3, 3)


def test_image_errors(message):
    assert "the shape of an image of 6 numbers" in message(ArgumentError, plot_images, np.ones((2, 6)))
    assert "with 6 pixels, got (2, 2)" in message(ShapeError, plot_images, np.ones((2, 6)), image_shape=(2, 2))
    assert "For one picture write x[None]." in message(ShapeError, plot_images, np.ones(4))
    assert "targets expected one class for each of the 2 images" in message(
        ShapeError, plot_images, np.ones((2, 4)), [1]
    )
    assert "class numbers 0..0" in message(ArgumentError, plot_images, np.ones((1, 4)), [1], names=["a"])
    assert "finite" in message(DataError, plot_images, [[np.nan]])
    assert "count expected" in message(ArgumentError, plot_images, np.ones((1, 4)), count=0)


def test_confusion_shows_every_count():
    ax = plot_confusion([[5, 1], [2, 3]], names=["cat", "dog"])
    assert words(ax) == ["5", "1", "2", "3"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["cat", "dog"]
    assert ax.get_title(loc="left") == "8 of 11 right"
    assert "accuracy 0.7273). Most frequent mistakes: dog answered as cat 2, cat answered as dog 1." in alt_text(ax)
    assert words(plot_confusion([0, 1, 1], [0, 1, 0])) == ["1", "1", "0", "1"]


def test_confusion_errors(message):
    assert "expected a square matrix of counts, got shape (3,)" in message(ShapeError, plot_confusion, [0, 1, 2])
    assert "whole counts" in message(DataError, plot_confusion, [[0.5, 1], [1, 1]])
    assert "whole counts" in message(DataError, plot_confusion, [[0, 0], [0, 0]])
    assert "names expected 2 names" in message(ArgumentError, plot_confusion, [[1, 0], [0, 1]], names=["a"])
