"""Layers, losses, optimizers and two whole trainings against what PyTorch computes (kept in pytorch.npz).

`make_reference.py` wrote the file; see there. The relative difference must stay under 1e-10.
"""

import json
from pathlib import Path

import numpy as np
import pytest

import bplearn
from bplearn import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    BinaryCrossEntropy,
    Dense,
    HalfSquaredError,
    Huber,
    LeakyReLU,
    MeanAbsoluteError,
    MeanSquaredError,
    Momentum,
    ReLU,
    RMSProp,
    Sequential,
    SoftmaxCrossEntropy,
    Tanh,
    schedules,
    train,
)

with np.load(Path(__file__).with_name("pytorch.npz"), allow_pickle=False) as archive:
    KEPT = {name: archive[name] for name in archive}
with np.load(Path(__file__).with_name("layers_of_today.npz"), allow_pickle=False) as archive:
    TODAY = {name: archive[name] for name in archive}
    KEPT |= {name: array for name, array in TODAY.items() if name != "about"}


def names(group):
    """The case names kept under this group."""
    return sorted({name.split("/")[1] for name in KEPT if name.startswith(f"{group}/") and name.count("/") > 1})


def case(path):
    return {name.removeprefix(f"{path}/"): array for name, array in KEPT.items() if name.startswith(f"{path}/")}


def agree(ours, theirs, what="", rtol=1e-10):
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=1e-15, err_msg=what)


LAYERS = {
    "Dense": Dense(4, 3),
    "LeakyReLU-0.3": LeakyReLU(0.3),
    "ELU-1.7": bplearn.ELU(1.7),
    "Residual": bplearn.Residual(Dense(4, 5), Tanh(), Dense(5, 4)),
    "LayerNorm": bplearn.LayerNorm(4),
    "Convolution": bplearn.Convolution(2, 3, 3, image=(4, 6), padding=1),
    "MaxPooling": bplearn.MaxPooling(2, image=(4, 6), channels=2),
    "Dropout": bplearn.Dropout(0.25),
    "Embedding": bplearn.Embedding(5, 3, length=4),
    "PerToken": bplearn.PerToken(Dense(4, 3), Tanh(), length=2),
    "Attention": bplearn.Attention(4, length=3),
    "Attention-heads-causal": bplearn.Attention(4, 2, length=3, causal=True),
}
LOSSES = {
    "MeanSquaredError": MeanSquaredError(),
    "HalfSquaredError": HalfSquaredError(),
    "MeanAbsoluteError": MeanAbsoluteError(),
    "Huber": Huber(),
    "Huber-0.4": Huber(0.4),
    "BinaryCrossEntropy-logits": BinaryCrossEntropy(),
    "BinaryCrossEntropy-logits-far": BinaryCrossEntropy(),
    "BinaryCrossEntropy-probabilities": BinaryCrossEntropy(from_logits=False),
    "BinaryCrossEntropy-probabilities-ends": BinaryCrossEntropy(from_logits=False),
    "SoftmaxCrossEntropy": SoftmaxCrossEntropy(),
    "SoftmaxCrossEntropy-far": SoftmaxCrossEntropy(),
    "SoftmaxCrossEntropy-length": SoftmaxCrossEntropy(length=2),
}
OPTIMIZERS = {
    "SGD": lambda: SGD(0.05),
    "SGD-decay-clip": lambda: SGD(0.05, weight_decay=0.1, clip_norm=1.5),
    "Momentum": lambda: Momentum(0.05, momentum=0.9),
    "Momentum-nesterov": lambda: Momentum(0.05, momentum=0.8, nesterov=True),
    "Momentum-nesterov-decay": lambda: Momentum(0.05, momentum=0.9, nesterov=True, weight_decay=0.05),
    "AdaGrad": lambda: AdaGrad(0.1),
    "AdaGrad-decay": lambda: AdaGrad(0.1, weight_decay=0.2),
    "RMSProp": lambda: RMSProp(0.01),
    "RMSProp-decay": lambda: RMSProp(0.01, decay=0.8, weight_decay=0.2),
    "Adam": lambda: Adam(0.01),
    "Adam-decay-clip": lambda: Adam(0.01, beta1=0.8, beta2=0.95, weight_decay=0.2, clip_norm=1.0),
    "AdamW": lambda: AdamW(0.01, weight_decay=0.3),
    "Adam-cosine": lambda: Adam(schedules.cosine(0.1, steps=50)),
}


@pytest.mark.parametrize("file", [KEPT, TODAY], ids=["older", "today"])
def test_the_file_says_where_its_numbers_come_from(file):
    about = json.loads(str(file["about"]))
    assert about["made with"].startswith("PyTorch 2.")
    assert "BSD-3-Clause" in about["made with"]


def test_everything_public_is_compared():
    classes = {bare.split("-")[0] for group in ("layer", "loss", "optimizer") for bare in names(group)}
    concrete = {
        name
        for name in bplearn.__all__
        for thing in [getattr(bplearn, name)]
        if isinstance(thing, type)
        and issubclass(thing, bplearn.Layer | bplearn.Loss | bplearn.Optimizer)
        and thing not in (bplearn.Layer, bplearn.Loss, bplearn.Optimizer)
    }
    assert classes == concrete
    assert set(names("loss")) == set(LOSSES)
    assert set(names("optimizer")) == set(OPTIMIZERS)


@pytest.mark.parametrize("name", names("layer"))
def test_layer(name):
    kept = case(f"layer/{name}")
    layer = LAYERS.get(name) or getattr(bplearn, name)()
    for parameter, p in layer.named_parameters().items():
        p[:] = kept[parameter]
    y, cache = layer.forward(kept["x"])
    if name == "Dropout":  # PyTorch draws other numbers
        y, cache = layer.again(kept["x"], {"mask": (kept["y"] != 0) / 0.75})
    dx, grads = layer.backward(kept["dy"], cache)
    agree(y, kept["y"], "y")
    if "dx" in kept:
        agree(dx, kept["dx"], "dx")
    for parameter, grad in grads.items():
        agree(grad, kept[f"d{parameter}"], f"d{parameter}")
    assert set(grads) == {key for key in kept if f"d{key}" in kept} - {"x", "y"}


@pytest.mark.parametrize("name", LOSSES)
def test_loss(name):
    kept = case(f"loss/{name}")
    value, cache = LOSSES[name].forward(kept["prediction"], kept["target"])
    agree(value, kept["value"], "value")
    single = name.endswith("-ends")  # there PyTorch divides by 1e-12 in single precision
    agree(LOSSES[name].backward(cache), kept["slope"], "slope", rtol=1e-8 if single else 1e-10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_over_fifty_steps(name):
    kept = case("optimizer")
    layer = Dense(3, 2, weights=kept["W"], bias=kept["b"])
    parameters, optimizer = Sequential(layer).parameters(), OPTIMIZERS[name]()
    assert len(kept["gradients"]) == 50
    for gradient, value in zip(kept["gradients"], kept[f"{name}/values"], strict=True):
        parameters.replace_grads([gradient[:6].reshape(3, 2), gradient[6:]])
        optimizer.step(parameters)
        agree(parameters.value, value)


@pytest.mark.parametrize(
    ("path", "activation", "loss", "optimizer", "steps"),
    [
        ("training/digits", ReLU, SoftmaxCrossEntropy(), Adam(0.01), 40),
        ("training/moons", Tanh, BinaryCrossEntropy(), Momentum(0.2, momentum=0.9), 80),
    ],
    ids=["digits", "moons"],
)
def test_a_whole_training(path, activation, loss, optimizer, steps):
    kept = case(path)
    dense = [Dense(*kept[f"layer{i}/W"].shape, weights=kept[f"layer{i}/W"], bias=kept[f"layer{i}/b"]) for i in range(2)]
    network = Sequential(dense[0], activation(), dense[1])
    run = train(
        network,
        kept["x"],
        kept["targets"],
        loss=loss,
        optimizer=optimizer,
        epochs=int(kept["epochs"]),
        batch_size=int(kept["batch"]),
        rng=int(kept["seed"]),
    )
    losses = [step.loss for step in run]
    assert len(losses) == steps
    assert losses[-1] < losses[0] / 3, "a training that learns nothing compares little"
    agree(losses, kept["losses"])
    for i, layer in enumerate(dense):
        agree(layer.W.value, kept[f"layer{i}/W_end"])
        agree(layer.b.value, kept[f"layer{i}/b_end"])


def test_a_difference_of_one_in_a_billion_would_be_seen():
    with pytest.raises(AssertionError):
        agree(KEPT["layer/Tanh/y"] * (1 + 1e-9), KEPT["layer/Tanh/y"])
