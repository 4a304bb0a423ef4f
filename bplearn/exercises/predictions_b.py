"""Predictions of notebooks 07 to 14, each with a reply to every wrong statement.

Asked before the result is shown, with `predict("07.p1")` in a cell of the notebook whose number it is, in this order.
First met in notebooks/07_weight_updates.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.question import Estimate, Pick

ASKED: dict[str, Pick | Estimate] = {}
