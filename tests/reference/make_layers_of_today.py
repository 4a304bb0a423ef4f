"""Write layers_of_today.npz: what PyTorch computes for the layers of notebooks 16 to 18, in float64.

Run it where PyTorch is installed, as `make_reference.py` beside it; bplearn is not needed:

    python tests/reference/make_layers_of_today.py

Each case holds x, y, dy, dx and, by the names of bplearn's parameters, values and gradients. Images and tokens lie flat
in rows, as bplearn takes them. PyTorch has a BSD-3-Clause licence; the numbers were computed with it, nothing of it is
copied.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent
OUT = {}


def keep(path, **arrays):
    for name, array in arrays.items():
        OUT[f"{path}/{name}"] = array.detach().numpy().copy() if torch.is_tensor(array) else np.asarray(array)


def leaf(rng, *shape):
    return torch.tensor(rng.normal(size=shape), requires_grad=True)


def record(name, rng, x, f, **parameters):
    """Run both passes of y = f(x) and keep all numbers; a parameter is kept as its second entry shows it."""
    y = f(x)
    dy = torch.tensor(rng.normal(size=tuple(y.shape)))
    y.backward(dy)
    keep(f"layer/{name}", x=x, y=y, dy=dy, **({"dx": x.grad} if x.requires_grad else {}))
    for label, (tensor, ours) in parameters.items():
        keep(f"layer/{name}", **{label: ours(tensor.detach()), f"d{label}": ours(tensor.grad)})


def same(tensor):
    return tensor


def depth(rng):
    A, a, B, b = leaf(rng, 5, 4), leaf(rng, 5), leaf(rng, 4, 5), leaf(rng, 4)
    turned = {"0.W": (A, torch.t), "0.b": (a, same), "2.W": (B, torch.t), "2.b": (b, same)}
    f = nn.functional.linear
    record("Residual", rng, leaf(rng, 6, 4), lambda x: x + f(torch.tanh(f(x, A, a)), B, b), **turned)
    norm = nn.LayerNorm(4, dtype=torch.float64)
    with torch.no_grad():
        norm.weight[:], norm.bias[:] = leaf(rng, 4), leaf(rng, 4)
    record("LayerNorm", rng, leaf(rng, 6, 4), norm, g=(norm.weight, same), b=(norm.bias, same))


def images(rng):
    convolution = nn.Conv2d(2, 3, 3, padding=1, dtype=torch.float64)
    weights = {"W": (convolution.weight, lambda t: t.permute(1, 2, 3, 0)), "b": (convolution.bias, same)}
    with torch.no_grad():
        convolution.weight[:], convolution.bias[:] = leaf(rng, 3, 2, 3, 3), leaf(rng, 3)

    def flat(f):
        return lambda x: f(x.reshape(len(x), 2, 4, 6)).flatten(1)

    record("Convolution", rng, leaf(rng, 5, 48), flat(convolution), **weights)
    x = leaf(rng, 5, 48)
    with torch.no_grad():
        x[:] = (x * 2).round()  # equal pixels: the first one gets the slope
    record("MaxPooling", rng, x, flat(nn.MaxPool2d(2)))
    x = leaf(rng, 6, 4)
    record("Dropout", rng, x, nn.Dropout(0.25))  # its draw is PyTorch's: the mask is seen from y


def tokens(rng):
    W, P = leaf(rng, 5, 3), leaf(rng, 4, 3)
    x = torch.tensor(rng.integers(0, 5, (6, 4)))
    table = {"W": (W, same), "P": (P, same)}
    record("Embedding", rng, x, lambda x: (nn.functional.embedding(x, W) + P).flatten(1), **table)
    A, a = leaf(rng, 3, 4), leaf(rng, 3)
    linear = {"0.W": (A, torch.t), "0.b": (a, same)}
    per_token = lambda x: torch.tanh(nn.functional.linear(x.reshape(6, 2, 4), A, a)).flatten(1)  # noqa: E731
    record("PerToken", rng, leaf(rng, 6, 8), per_token, **linear)
    for name, heads, causal in [("Attention", 1, False), ("Attention-heads-causal", 2, True)]:
        module = nn.MultiheadAttention(4, heads, bias=False, batch_first=True, dtype=torch.float64)
        mask = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1) if causal else None

        def attend(x, module=module, mask=mask):
            x = x.reshape(len(x), 3, 4)
            return module(x, x, x, need_weights=False, attn_mask=mask)[0].flatten(1)

        three = {f"W{q}": (module.in_proj_weight, lambda t, i=i: t[4 * i : 4 * i + 4].T) for i, q in enumerate("qkv")}
        record(name, rng, leaf(rng, 6, 12), attend, **three, Wo=(module.out_proj.weight, torch.t))
    logits, targets = rng.normal(size=(5, 8)) * 2, rng.integers(0, 4, (5, 2))
    p = torch.tensor(logits, requires_grad=True)
    value = nn.CrossEntropyLoss()(p.reshape(10, 4), torch.tensor(targets).ravel())
    value.backward()
    keep("loss/SoftmaxCrossEntropy-length", prediction=logits, target=targets, value=value, slope=p.grad)


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(0)
    depth(np.random.default_rng(16))
    images(np.random.default_rng(17))
    tokens(np.random.default_rng(18))
    about = {
        "made with": f"PyTorch {torch.__version__} (BSD-3-Clause)",
        "by": "tests/reference/make_layers_of_today.py",
    }
    np.savez_compressed(HERE / "layers_of_today.npz", about=np.array(json.dumps(about)), **OUT)
    print(about, f"{(HERE / 'layers_of_today.npz').stat().st_size / 1000:.0f} KB")
