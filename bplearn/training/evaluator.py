"""What is measured after each epoch: the loss on data that training does not see, and metrics on both parts.

Taught in notebooks/12_learning_rate_and_batch_size.ipynb and notebooks/14_digits_from_scratch.ipynb.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bplearn.checks.training import Metric, Prepared, metric_value, named_metrics
from bplearn.losses import Loss
from bplearn.network import Sequential


class Evaluator:
    """Measure a network after each epoch: validation loss, and metrics on both parts of the data."""

    def __init__(
        self,
        network: Sequential,
        loss: Loss,
        training: Prepared,
        unseen: Prepared | None,
        metrics: Sequence[Metric] | Mapping[str, Metric],
    ) -> None:
        self.network, self.loss, self.unseen = network, loss, unseen
        self.metrics = named_metrics(metrics)
        self.parts = {"": training} if unseen is None else {"": training, "validation_": unseen}

    def measure(self) -> tuple[float | None, dict[str, float]]:
        """Return the validation loss, if there is validation data, and the metrics by name."""
        value = None
        if self.unseen is not None:
            value, _ = self.loss.compute(self.network(self.unseen.x), self.unseen.targets)
        measured = {}
        for prefix, part in self.parts.items() if self.metrics else ():
            answers = self.network.predict(part.x, loss=self.loss)
            for name, metric in self.metrics.items():
                measured[prefix + name] = metric_value(name, metric, answers, part.answers)
        return value, measured
