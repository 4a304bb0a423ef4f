"""Settings that all tests share: modest random searches that repeat themselves in CI, and no windows."""

import os

if "PYTEST_XDIST_WORKER" in os.environ:  # before NumPy: threads of two workers that wait for each other take far longer
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")

modest = {"max_examples": 25, "deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("here", **modest)
settings.register_profile("ci", derandomize=True, **modest)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture
def in_empty_folder(tmp_path, monkeypatch):
    """Run the test in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
