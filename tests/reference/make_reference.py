"""Write pytorch.npz: what PyTorch computes for every layer, loss, optimizer and two trainings, in float64.

Run it where PyTorch is installed (see .github/CONTRIBUTING.md for its CPU build); bplearn is not needed:

    python tests/reference/make_reference.py

The file holds the inputs beside the results, so that the test needs PyTorch no more. Names are paths such as
`layer/Tanh/dx`. PyTorch has a BSD-3-Clause licence; the numbers were computed with it, nothing of it is copied.
"""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent
DIGITS = HERE.parents[1] / "bplearn" / "datasets" / "digits.npz"
OUT = {}


def tensor(array):
    return torch.tensor(np.asarray(array), requires_grad=True)


def keep(path, **arrays):
    for name, array in arrays.items():
        OUT[f"{path}/{name}"] = array.detach().numpy().copy() if torch.is_tensor(array) else np.asarray(array)


def layers():
    rng = np.random.default_rng(0)
    usual = rng.normal(size=(6, 4)) * 2
    usual[0] = [0.0, -0.0, 30.0, -30.0]  # the kink, and tails
    kinds = {
        "Identity": nn.Identity(),
        "Sigmoid": nn.Sigmoid(),
        "Tanh": nn.Tanh(),
        "ReLU": nn.ReLU(),
        "LeakyReLU": nn.LeakyReLU(0.01),
        "LeakyReLU-0.3": nn.LeakyReLU(0.3),
        "ELU": nn.ELU(),
        "ELU-1.7": nn.ELU(1.7),
        "GELU": nn.GELU(approximate="none"),
        "SiLU": nn.SiLU(),
        "Softplus": nn.Softplus(threshold=1000),  # 20 by default, where it drops 2e-9
        "Softmax": nn.Softmax(dim=-1),
        "Flatten": nn.Flatten(),
        "Dense": nn.Linear(4, 3, dtype=torch.float64),
    }
    with torch.no_grad():
        kinds["Dense"].weight[:] = torch.tensor(rng.normal(size=(3, 4)))
        kinds["Dense"].bias[:] = torch.tensor(rng.normal(size=3))
    for name, module in kinds.items():
        x = tensor(rng.normal(size=(5, 3, 2)) if name == "Flatten" else usual)
        y = module(x)
        dy = torch.tensor(rng.normal(size=tuple(y.shape)))
        y.backward(dy)
        keep(f"layer/{name}", x=x, y=y, dy=dy, dx=x.grad)
        if name == "Dense":  # PyTorch stores the transpose
            keep("layer/Dense", W=module.weight.T, b=module.bias, dW=module.weight.grad.T, db=module.bias.grad)


def losses():
    rng = np.random.default_rng(1)
    values, wanted = rng.normal(size=(7, 3)) * 2, rng.normal(size=(7, 3))
    shares = rng.uniform(size=(7, 3))
    shares[0] = [0.0, 1.0, 0.5]
    probabilities = rng.uniform(0.02, 0.98, size=(7, 3))
    labels = rng.integers(0, 3, size=7)
    far = np.array([[40.0, -40.0, 3.0], [-600.0, 600.0, 0.0]])

    def half(prediction, target):  # the textbooks' E: PyTorch has no name for it
        return 0.5 * nn.MSELoss(reduction="sum")(prediction, target) / len(prediction)

    cases = {
        "MeanSquaredError": (nn.MSELoss(), values, wanted),
        "HalfSquaredError": (half, values, wanted),
        "MeanAbsoluteError": (nn.L1Loss(), values, wanted),
        "Huber": (nn.HuberLoss(), values, wanted),
        "Huber-0.4": (nn.HuberLoss(delta=0.4), values, wanted),
        "BinaryCrossEntropy-logits": (nn.BCEWithLogitsLoss(), values, shares),
        "BinaryCrossEntropy-logits-far": (nn.BCEWithLogitsLoss(), far, shares[:2]),
        "BinaryCrossEntropy-probabilities": (nn.BCELoss(), probabilities, shares),
        "BinaryCrossEntropy-probabilities-ends": (nn.BCELoss(), np.array([[0.0, 1.0, 0.0]]), np.array([[1.0, 1.0, 0]])),
        "SoftmaxCrossEntropy": (nn.CrossEntropyLoss(), values, labels),
        "SoftmaxCrossEntropy-far": (nn.CrossEntropyLoss(), far, labels[:2]),
    }
    for name, (loss, prediction, target) in cases.items():
        p = tensor(prediction)
        value = loss(p, torch.tensor(target))
        value.backward()
        keep(f"loss/{name}", prediction=prediction, target=target, value=value, slope=p.grad)


def clip(parameters, longest):
    """Shorten to exactly this norm (clip_grad_norm_ of PyTorch adds 1e-6 to the norm)."""
    norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters))
    if norm > longest:
        for p in parameters:
            p.grad *= longest / norm


def optimizers():
    rng = np.random.default_rng(2)
    W, b = rng.normal(size=(3, 2)), rng.normal(size=2)
    gradients = rng.normal(size=(50, 8)) * np.exp(rng.normal(size=(50, 1)))
    keep("optimizer", W=W, b=b, gradients=gradients)
    cases = {  # name: (class, options, weight decay of the weights, longest gradient)
        "SGD": (torch.optim.SGD, {"lr": 0.05}, 0.0, None),
        "SGD-decay-clip": (torch.optim.SGD, {"lr": 0.05}, 0.1, 1.5),
        "Momentum": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}, 0.0, None),
        "Momentum-nesterov": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.8, "nesterov": True}, 0.0, None),
        "Momentum-nesterov-decay": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True}, 0.05, None),
        "AdaGrad": (torch.optim.Adagrad, {"lr": 0.1}, 0.0, None),
        "AdaGrad-decay": (torch.optim.Adagrad, {"lr": 0.1}, 0.2, None),
        "RMSProp": (torch.optim.RMSprop, {"lr": 0.01}, 0.0, None),
        "RMSProp-decay": (torch.optim.RMSprop, {"lr": 0.01, "alpha": 0.8}, 0.2, None),
        "Adam": (torch.optim.Adam, {"lr": 0.01}, 0.0, None),
        "Adam-decay-clip": (torch.optim.Adam, {"lr": 0.01, "betas": (0.8, 0.95)}, 0.2, 1.0),
        "AdamW": (torch.optim.AdamW, {"lr": 0.01}, 0.3, None),
        "Adam-cosine": (torch.optim.Adam, {"lr": 0.1}, 0.0, None),
    }
    for name, (kind, options, decay, longest) in cases.items():
        weights, bias = tensor(W), tensor(b)
        groups = [{"params": [weights], "weight_decay": decay}, {"params": [bias], "weight_decay": 0.0}]
        optimizer = kind(groups, **options)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50) if "cosine" in name else None
        values = []
        for g in gradients:
            weights.grad, bias.grad = torch.tensor(g[:6].reshape(3, 2)), torch.tensor(g[6:])
            if longest and decay and "AdamW" not in name:  # ours clips the gradient with its decay
                weights.grad += decay * weights.detach()
                clip([weights, bias], longest)
                weights.grad -= decay * weights.detach()
            elif longest:
                clip([weights, bias], longest)
            optimizer.step()
            if schedule is not None:
                schedule.step()
            values.append(np.r_[weights.detach().numpy().ravel(), bias.detach().numpy()])
        keep(f"optimizer/{name}", values=np.array(values))


def training(path, widths, activation, loss, make, x, targets, *, epochs, batch, seed):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(a, b)) / math.sqrt(a) for a, b in pairwise(widths)]
    biases = [rng.normal(size=b) * 0.1 for b in widths[1:]]
    dense = [nn.Linear(a, b, dtype=torch.float64) for a, b in pairwise(widths)]
    with torch.no_grad():
        for module, W, b in zip(dense, weights, biases, strict=True):
            module.weight[:], module.bias[:] = torch.tensor(W.T), torch.tensor(b)
    modules = [part for module in dense for part in (module, activation())][:-1]
    network = nn.Sequential(*modules)
    optimizer = make(network.parameters())
    x_all, t_all = torch.tensor(x), torch.tensor(targets)
    shuffle, history = np.random.default_rng(seed), []
    for _ in range(epochs):
        order = shuffle.permutation(len(x))
        for start in range(0, len(x), batch):
            rows = order[start : start + batch]
            optimizer.zero_grad()
            value = loss(network(x_all[rows]), t_all[rows])
            value.backward()
            optimizer.step()
            history.append(value.item())
    keep(path, x=x, targets=targets, losses=history)
    keep(path, seed=seed, epochs=epochs, batch=batch)
    for i, (module, W, b) in enumerate(zip(dense, weights, biases, strict=True)):
        keep(f"{path}/layer{i}", W=W, b=b, W_end=module.weight.T, b_end=module.bias)


def moons(n, rng):
    angle = rng.uniform(0, math.pi, n)
    targets = np.arange(n) % 2
    x = np.where(targets, 1 - np.cos(angle), np.cos(angle)), np.where(targets, 0.5 - np.sin(angle), np.sin(angle))
    return np.stack(x, axis=1) + rng.normal(size=(n, 2)) * 0.1, targets.astype(float)[:, None]


if __name__ == "__main__":
    torch.set_num_threads(1)
    layers()
    losses()
    optimizers()
    with np.load(DIGITS) as digits:
        x, targets = digits["counts"][:100] / 16, digits["targets"][:100].astype(np.int64)
    training("training/digits", (64, 16, 10), nn.ReLU, nn.CrossEntropyLoss(),
             lambda p: torch.optim.Adam(p, lr=0.01), x, targets, epochs=10, batch=32, seed=3)  # fmt: skip
    x, targets = moons(150, np.random.default_rng(4))
    training("training/moons", (2, 8, 1), nn.Tanh, nn.BCEWithLogitsLoss(),
             lambda p: torch.optim.SGD(p, lr=0.2, momentum=0.9), x, targets, epochs=20, batch=40, seed=5)  # fmt: skip
    about = {"made with": f"PyTorch {torch.__version__} (BSD-3-Clause)", "by": "tests/reference/make_reference.py"}
    np.savez_compressed(HERE / "pytorch.npz", about=np.array(json.dumps(about)), **OUT)
    print(about, f"{(HERE / 'pytorch.npz').stat().st_size / 1000:.0f} KB")
