"""Write torch_loop.json: the losses of five steps of the loop that notebook 15 shows, run by PyTorch in float64.

Run it where PyTorch is installed, as `make_reference.py` beside it; bplearn is not needed:

    python tests/reference/make_torch_loop.py

PyTorch has a BSD-3-Clause licence; the numbers were computed with it, nothing of it is copied.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(15)
x, t = rng.normal(size=(12, 4)), np.arange(12) % 3
W1, b1, W2, b2 = rng.normal(size=(4, 5)), np.zeros(5), rng.normal(size=(5, 3)), np.zeros(3)

model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)).double()
with torch.no_grad():
    for parameter, start in zip(model.parameters(), (W1.T, b1, W2.T, b2), strict=True):
        parameter.copy_(torch.tensor(start))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
loss_function = nn.CrossEntropyLoss()
losses = []
for _ in range(5):
    optimizer.zero_grad()
    loss = loss_function(model(torch.tensor(x)), torch.tensor(t))
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

recorded = {"version": torch.__version__, "losses": losses}
Path(__file__).with_name("torch_loop.json").write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
