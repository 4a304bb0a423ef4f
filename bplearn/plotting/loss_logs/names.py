"""What the name of a column says: a loss, a counter or a measure; of training, validation or test data.

It takes names apart into words, so that `train_loss`, `trainLoss`, `Train/Loss` and `loss (train)` say the same.
Used by `plot_loss`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

SPLITS = {
    "training": {"train", "training", "trn", "tr", "tng", "fit"},
    "validation": {"val", "valid", "validation", "eval", "evaluation", "dev", "holdout"},
    "test": {"test", "testing", "tst"},
}
_SPLIT = {word: split for split, words in SPLITS.items() for word in words}
_LOSS = {"loss", "losses", "cost", "costs"}
_NO_LOSS = {"scale", "scaler", "weight", "weights", "coef", "lambda", "time", "ratio", "std", "var", "min", "max"}
_FILL = {"total", "overall", "mean", "avg", "average", "running", "global", "metrics", "metric", "log", "logs"}
_FILL |= {"history", "curve", "values", "list"}
_LEVELS = {"epoch": "epoch", "step": "step", "batch": "step", "iter": "step", "iteration": "step"}
_COUNTERS = {
    "epoch": {"epoch", "epochs", "ep"},
    "step": {"step", "steps", "iteration", "iterations", "iter", "iters", "itr", "it", "niter", "update", "updates"}
    | {"timestep", "timesteps", "globalstep"},
    "batch": {"batch", "batches", "minibatch"},
    "samples": {"samples", "sample", "examples", "images", "imgs", "tokens", "kimg"},
}
_COUNTER = {word: unit for unit, words in _COUNTERS.items() for word in words}
_NUMBER_OF = {
    "num",
    "n",
    "number",
    "no",
    "nr",
    "i",
    "idx",
    "index",
    "id",
    "global",
    "total",
    "current",
    "seen",
    "count",
}
_NUMBER_OF |= {"i", "trainer", "optimizer"}
_RATES = ("learning rate", "lr")
_SHARES = {"acc", "accuracy"}
_ERRORS = {"mse", "rmse", "mae", "nll", "bce", "logloss", "crossentropy", "entropy", "perplexity", "ppl", "elbo"}
_ERRORS |= {"error", "err", "objective", "criterion", "deviance"}
_CLOCK = {
    "time",
    "timestamp",
    "seconds",
    "second",
    "sec",
    "secs",
    "runtime",
    "eta",
    "duration",
    "per",
    "elapsed",
    "date",
}


@dataclass(frozen=True)
class ColumnMeaning:
    """What the name of one column says.

    `kind`: loss, bare (only the data are named, such as `train`), error (such as `mse`), counter, accuracy, rate,
    clock or other. `split`: the data, "" where it is not said. `unit`: what a counter counts.
    `level`: whether a loss belongs to a step or an epoch, if the name says so. `own`: another name of a loss.
    """

    kind: str
    split: str = ""
    unit: str = ""
    level: str = ""
    own: str = ""


@lru_cache(maxsize=1000)
def meaning(name: str) -> ColumnMeaning:
    """Return what a column's name says.

    >>> meaning("val_loss_epoch")
    ColumnMeaning(kind='loss', split='validation', unit='', level='epoch', own='')
    >>> meaning("D loss").own, meaning("training_step").unit
    ('d', 'step')
    """
    words = words_of(name)
    held = set(words)
    split = next((_SPLIT[word] for word in words if word in _SPLIT), "")
    rest = [word for word in words if word not in _SPLIT]
    counters = {_COUNTER.get(word, "") for word in rest if word not in _NUMBER_OF}
    if len(counters) == 1 and (unit := counters.pop()):
        return ColumnMeaning("counter", split, unit)
    if held & _CLOCK:
        return ColumnMeaning("clock", split)
    own = [word for word in rest if word not in _LOSS | _FILL | _LEVELS.keys()]
    level = next((_LEVELS[word] for word in rest if word in _LEVELS), "")
    if held & _LOSS:
        return (
            ColumnMeaning("other", split) if held & _NO_LOSS else ColumnMeaning("loss", split, "", level, " ".join(own))
        )
    if split and not own:
        return ColumnMeaning("bare", split, "", level)
    if " ".join(own).startswith(_RATES):
        return ColumnMeaning("rate", split, own=" ".join(own))
    if set(own) & _SHARES:
        return ColumnMeaning("accuracy", split, "", level, " ".join(own))
    if set(own) & _ERRORS:
        return ColumnMeaning("error", split, "", level, " ".join(own))
    return ColumnMeaning("other", split, own=" ".join(own))


def words_of(name: str) -> list[str]:
    """Take a name apart: at marks, at capitals, and where two known words are written as one.

    >>> words_of("trainLoss"), words_of("valloss"), words_of("test/Loss (mean)")
    (['train', 'loss'], ['val', 'loss'], ['test', 'loss', 'mean'])
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return [part for word in re.split(r"[\W_]+", spaced) if word for part in _apart(word)]


def _apart(word: str) -> list[str]:
    for end in ("losses", "loss", "accuracy", "acc", "error", "err", "epochs", "epoch", "steps", "step", "mse"):
        start = word.removesuffix(end)
        if start != word and start in _SPLIT:
            return [start, end]
    return [word]


def split_of(word: str) -> str:
    """Return "training", "validation" or "test" where a cell names data of this kind, else "".

    >>> split_of("Train"), split_of("eval"), split_of("resnet")
    ('training', 'validation', '')
    """
    words = words_of(word)
    known = {_SPLIT[part] for part in words if part in _SPLIT}
    return known.pop() if len(known) == 1 and all(part in _SPLIT or part in ("set", "data") for part in words) else ""
