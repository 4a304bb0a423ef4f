"""A sweep trains the same network again and again, with every pair of learning rate and batch size.

The trainings do not need each other, so the same call can run them one after the other, stacked into one batched
product, in a pool of processes, or on a cluster. A file can keep the finished runs, and a stopped sweep goes on from
there.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from itertools import product
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from bplearn.checks.arrays import Array, as_rng, describe, expected_got, number_in, positive_integer
from bplearn.checks.training import check_batch_size, prepare
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError, TrainingDiverged, WorkersLost
from bplearn.history import History
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.optimizers import SGD, Optimizer
from bplearn.sweeps.results import Run, Setting, SweepFile, SweepResult
from bplearn.sweeps.stacked import train_stacked, why_not_stacked
from bplearn.training.fit import fit, progress_bar

Build = Callable[[int], Sequential]
TRIES = 3  # tries of a run: after so many dead workers the run itself is at fault


def sweep(
    build: Build,
    data: Any,
    targets: Any = None,
    *,
    loss: Loss,
    learning_rates: Iterable[float],
    batch_sizes: Iterable[int],
    optimizers: Sequence[Callable[[float], Optimizer]] | Mapping[str, Callable[[float], Optimizer]] = (SGD,),
    seeds: Iterable[int] = (0,),
    epochs: int = 10,
    validation: Any = None,
    executor: Executor | str | None = None,
    path: str | PathLike[str] | None = None,
    progress: bool = True,
) -> SweepResult:
    """Train `build(seed)` with every combination of the settings and return all runs.

    `executor` is any `concurrent.futures.Executor` (a process pool, loky's, `Client.get_executor()` of Dask), or
    "serial" (one after the other), or "stacked" (all of one batch size at once: the fastest for small networks;
    what does not stack, such as an Attention, is trained one by one, and a warning says so).
    None takes loky's processes where it is installed (pip install "bplearn[sweep]"), else "serial".
    `path` keeps each finished run in a file; called again with the same arguments, it computes only what is missing.
    A run that diverges is a result, with its history until then. Ctrl-C returns what is finished.
    Every executor gives the numbers of "serial" to the last bit, "stacked" to rounding.
    Raises: at once for arguments that do not fit, WorkersLost if processes die again and again.

    >>> from bplearn import BinaryCrossEntropy, datasets, mlp
    >>> result = sweep(lambda seed: mlp(2, 4, 1, rng=seed), datasets.moons(rng=0), loss=BinaryCrossEntropy(),
    ...                learning_rates=[0.01, 1.0], batch_sizes=[10, 50], epochs=3, executor="stacked", progress=False)
    >>> result.best().learning_rate, result.best().batch_size
    (1.0, 10)

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    plan = _plan(build, data, targets, loss, learning_rates, batch_sizes, optimizers, seeds, epochs, validation)
    file = None if path is None else SweepFile(path, plan.fingerprint())
    done = {run.setting: run for run in file.runs if run.setting in plan.tasks} if file else {}
    missing = [setting for setting in plan.tasks if setting not in done]
    bar = progress_bar(len(plan.tasks), "run", len(done)) if progress else None
    interrupted = False
    try:
        for run in _engine(executor)(plan, missing):
            done[run.setting] = run
            if file is not None:
                file.add(run)
            if bar is not None:
                bar.update()
    except KeyboardInterrupt:
        interrupted = True
        warnings.warn(f"Stopped by hand: {len(done)} of {len(plan.tasks)} runs are finished.", stacklevel=2)
    finally:
        if bar is not None:
            bar.close()
    return SweepResult([done[setting] for setting in plan.tasks if setting in done], interrupted)


class _Plan(NamedTuple):
    """What all runs of a sweep share, checked once, and the settings in which they differ."""

    build: Build
    data: tuple[Array, Array]  # x and raw targets
    prepared: tuple[Array, Array]  # the same as the loss takes them
    unseen: tuple[Array, Array] | None
    prepared_unseen: tuple[Array, Array] | None
    loss: Loss
    epochs: int
    makers: dict[str, Callable[[float], Optimizer]]
    tasks: dict[Setting, None]

    def fingerprint(self) -> list[str]:
        """Tell this sweep from any other: data, network, loss and epochs, as readable text and sums."""
        network = self.build(next(iter(self.tasks)).seed)
        arrays = [*self.data, *(self.unseen or ()), network.parameters().value]
        sums = [
            f"{array.shape} {float(np.sum(array * np.arange(1, array.size + 1).reshape(array.shape))):.12g}"
            for array in arrays
        ]
        return [repr(network), repr(self.loss), f"{self.epochs} epochs", *sums]


def _plan(
    build: Build,
    data: Any,
    targets: Any,
    loss: Loss,
    learning_rates: Iterable[float],
    batch_sizes: Iterable[int],
    optimizers: Sequence[Callable[[float], Optimizer]] | Mapping[str, Callable[[float], Optimizer]],
    seeds: Iterable[int],
    epochs: int,
    validation: Any,
) -> _Plan:
    if not callable(build) or isinstance(build, Sequential):
        advice = "Write build=lambda seed: mlp(2, 8, 1, rng=seed)."
        raise ArgumentError(expected_got("build", "a function from a seed to a network", repr(build), advice))
    try:
        inspect.signature(build).bind(0)
    except ValueError:
        pass  # a function that does not show its arguments
    except TypeError:
        advice = "Write build=lambda seed: mlp(2, 8, 1, rng=seed)."
        raise ArgumentError(
            expected_got("build", "a function of one seed", "one that takes none or more", advice)
        ) from None
    for name, given in {"learning_rates": learning_rates, "batch_sizes": batch_sizes, "seeds": seeds}.items():
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise ArgumentError(expected_got(name, "a list of values", describe(given), f"Write {name}=[{given}]."))
    rates = [number_in(rate, "learning_rates' entry", 0) for rate in learning_rates]
    seeds = [int(number_in(seed, "seeds' entry", 0)) for seed in seeds]
    makers = _makers(optimizers)
    for name, values in {"learning_rates": rates, "seeds": seeds, "optimizers": list(makers)}.items():
        if not values:
            raise ArgumentError(expected_got(name, "at least one", "none"))
    network = build(seeds[0])
    raw, prepared = _both(network, data, targets, loss)
    unseen = prepared_unseen = None
    if validation is not None:
        if not isinstance(validation, Dataset | tuple | list):
            advice = "Write train, unseen = data.split(test=0.3), then validation=unseen."
            raise ArgumentError(
                expected_got("validation", "a Dataset or a pair (x, targets)", describe(validation), advice)
            )
        x, answers = (validation, None) if isinstance(validation, Dataset) else validation
        unseen, prepared_unseen = _both(network, x, answers, loss)
    sizes = [check_batch_size(size, len(raw[0])) for size in batch_sizes]
    tasks = dict.fromkeys(
        Setting(name, rate, size, seed) for name, size, rate, seed in product(makers, sizes, rates, seeds)
    )
    if not tasks:
        raise ArgumentError(expected_got("batch_sizes", "at least one", "none"))
    return _Plan(
        build, raw, prepared, unseen, prepared_unseen, loss, positive_integer(epochs, "epochs"), dict(makers), tasks
    )


def _both(network: Sequential, data: Any, targets: Any, loss: Loss) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return (x, targets) as they were given and as the loss takes them."""
    data = prepare(network, data, targets, loss)
    return (data.x, data.answers), (data.x, data.targets)


def _makers(given: Any) -> dict[str, Callable[[float], Optimizer]]:
    """Return what makes each optimizer, by name."""
    advice = "Write optimizers=[SGD, Adam], or {'small momentum': lambda rate: Momentum(rate, momentum=0.5)}."
    if isinstance(given, str | type | Optimizer) or not isinstance(given, Iterable):
        raise ArgumentError(expected_got("optimizers", "classes in a list or a dict", describe(given), advice))
    for make in given.values() if isinstance(given, Mapping) else given:
        if not callable(make):
            raise ArgumentError(
                expected_got("optimizers", "classes, or functions of a learning rate", describe(make), advice)
            )
    return dict(given) if isinstance(given, Mapping) else {_name(make): make for make in given}


def _name(make: Callable[[float], Optimizer]) -> str:
    return getattr(make, "__name__", None) or repr(make(0.1)).replace("(0.1", "(").replace("(, ", "(").replace("()", "")


def _run(plan: _Plan, setting: Setting) -> Run:
    """Train once. This is what a worker process executes."""
    problem, network = None, plan.build(setting.seed)
    try:
        history = fit(
            network,
            *plan.data,
            loss=plan.loss,
            optimizer=plan.makers[setting.optimizer](setting.learning_rate),
            epochs=plan.epochs,
            batch_size=setting.batch_size,
            validation=plan.unseen,
            rng=setting.seed,
            progress=False,
        )
    except TrainingDiverged as diverged:
        history, problem = diverged.history, str(diverged)
    return Run(setting, history, problem)


def _engine(executor: Executor | str | None) -> Callable[[_Plan, list[Setting]], Iterator[Run]]:
    if executor == "serial":
        return _serial
    if executor == "stacked":
        return _stacked
    if executor is None:
        try:
            from loky import get_reusable_executor
        except ImportError:
            return _serial
        return lambda plan, settings: _pooled(plan, settings, get_reusable_executor)
    if callable(getattr(executor, "submit", None)) and not isinstance(executor, type):
        return lambda plan, settings: _pooled(plan, settings, lambda: executor)
    raise ArgumentError(expected_got("executor", 'an Executor, "serial", "stacked" or None', describe(executor)))


def _serial(plan: _Plan, settings: list[Setting]) -> Iterator[Run]:
    return (_run(plan, setting) for setting in settings)


def _stacked(plan: _Plan, settings: list[Setting]) -> Iterator[Run]:
    """Train all runs that share optimizer and batch size side by side; those that cannot be stacked one by one."""
    groups: dict[tuple[str, int], list[Setting]] = {}
    for setting in settings:
        groups.setdefault((setting.optimizer, setting.batch_size), []).append(setting)
    for (name, size), members in groups.items():
        networks = [plan.build(setting.seed).astype(plan.data[0].dtype) for setting in members]
        rules = [plan.makers[name](setting.learning_rate) for setting in members]
        reasons = [why_not_stacked(network, rule, plan.loss) for network, rule in zip(networks, rules, strict=True)]
        if reason := next(filter(None, reasons), ""):
            warnings.warn(f"sweep trains one by one, not stacked: {reason}.", stacklevel=3)
            yield from _serial(plan, members)
            continue
        histories = [History() for _ in members]
        for histories in train_stacked(  # noqa: B007 - the last ones count
            networks,
            *plan.prepared,
            loss=plan.loss,
            optimizers=rules,
            epochs=plan.epochs,
            batch_size=size,
            rngs=[as_rng(setting.seed) for setting in members],
            validation=plan.prepared_unseen,
        ):
            pass
        for setting, history in zip(members, histories, strict=True):
            problem = None
            if history.epochs < plan.epochs:
                problem = f"the loss is not finite at step {history.steps + 1} (epoch {history.epochs + 1})."
            yield Run(setting, history, problem)


def _pooled(plan: _Plan, settings: list[Setting], get_executor: Callable[[], Any]) -> Iterator[Run]:
    """Give every run to a worker; a run whose worker died is given to another."""
    waiting = dict.fromkeys(settings, 0)
    while waiting:
        executor = get_executor()
        futures: dict[Future[Run], Setting] = {}
        try:
            futures = {executor.submit(_run, plan, setting): setting for setting in waiting}
            for future in as_completed(futures):
                run = future.result()
                del waiting[run.setting]
                yield run
        except Exception as problem:
            if not _is_death(problem):
                raise
            for future, setting in futures.items():  # runs that finished before the worker died are kept
                if setting in waiting and future.done() and not future.cancelled() and future.exception() is None:
                    del waiting[setting]
                    yield future.result()
            waiting = {setting: tries + 1 for setting, tries in waiting.items()}
            if any(tries >= TRIES for tries in waiting.values()):
                advice = "Give path= to keep what is finished, and call sweep again with a new executor."
                got = f"{len(waiting)} runs left after {TRIES} tries ({type(problem).__name__})"
                raise WorkersLost(expected_got("sweep", "workers that live", got, advice)) from problem
        finally:
            for future in futures:
                future.cancel()


def _is_death(problem: Exception) -> bool:
    """Say whether a worker died, as concurrent.futures, loky and Dask report it."""
    return isinstance(problem, BrokenExecutor) or type(problem).__name__ in {"KilledWorker", "CancelledError"}
