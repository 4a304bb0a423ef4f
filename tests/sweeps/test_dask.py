"""A sweep on a cluster: Dask with two worker processes, one killed in the middle, gives the numbers of serial."""

import os
import signal
import time

import pytest

from bplearn import BinaryCrossEntropy, datasets, mlp
from bplearn.sweeps import sweep
from bplearn.sweeps.results import SweepFile

distributed = pytest.importorskip("distributed", reason="the cluster test needs dask.distributed")

DATA = datasets.moons(60, rng=0)
SETTINGS = {
    "loss": BinaryCrossEntropy(),
    "learning_rates": [0.1, 0.3, 1.0],
    "batch_sizes": [7, 60],
    "seeds": [0, 1],
    "epochs": 3,
    "progress": False,
}


def slow_build(seed):
    time.sleep(0.15)  # long enough to be killed in the middle of the sweep
    return mlp(2, 4, 1, rng=seed)


@pytest.fixture
def client(tmp_path):
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(tmp_path),
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.filterwarnings("ignore")  # Dask warns about its own ports, files and event loops
def test_a_killed_worker_changes_nothing(client, tmp_path):
    workers = [worker["pid"] for worker in client.run(lambda: {"pid": os.getpid()}).values()]
    killed = []

    path = tmp_path / "runs.jsonl"
    write = SweepFile.add

    def add_and_kill(self, run):
        write(self, run)
        if len(path.read_text().splitlines()) == 1 + 2 and not killed:
            killed.append(workers[0])
            os.kill(workers[0], signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SweepFile, "add", add_and_kill)
        found = sweep(slow_build, DATA, executor=client.get_executor(), path=path, **SETTINGS)
    serial = sweep(lambda seed: mlp(2, 4, 1, rng=seed), DATA, executor="serial", **SETTINGS)
    assert killed
    assert {run.setting: run.history.step_loss for run in found.runs} == {
        run.setting: run.history.step_loss for run in serial.runs
    }
    assert len(path.read_text().splitlines()) == 1 + 12  # each run once
