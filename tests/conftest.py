"""Settings that all tests share: modest random searches that repeat themselves in CI, no windows, a plan for `-n 3`."""

import os
import re

if "PYTEST_XDIST_WORKER" in os.environ:  # before NumPy: threads of two workers that wait for each other take far longer
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")

modest = {"max_examples": 25, "deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("here", **modest)
settings.register_profile("ci", derandomize=True, **modest)
settings.load_profile("ci" if os.environ.get("CI") else "here")


# With `-n 3` a file stays with one process, and so do files that share what takes long to make: a graded class, and the
# mutants of all exercises. The long ones begin. Tests in a browser wait more than they compute, so they are spread over
# the run: three processes then keep two processors busy to its end.
TOGETHER = re.compile(r"tests/course/|tests/exercises/test_(every_exercise|first_answers|no_holes)\b")
LONG = ("tests/course", "tests/exercises/test_[ef]", "tests/exercises/test_search", "notebooks/1", "")
BROWSERS = ("tests/browser/test_(real|lab)", "tests/browser")


def pytest_collection_modifyitems(items):
    begins = {}  # where the run of 0 to 1 comes to a file
    for names, in_browser in ((LONG, False), (BROWSERS, True)):
        plan = [re.compile(name).match for name in names]
        mine = [item for item in items if item.nodeid.startswith("tests/browser") == in_browser]
        mine.sort(key=lambda item: next(place for place, match in enumerate(plan) if match(item.nodeid)))
        for place, item in enumerate(mine):
            begins.setdefault(item.path, place / len(mine))
    items.sort(key=lambda item: begins[item.path])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Plan(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            found = TOGETHER.match(nodeid)
            return found[0].partition("test_")[0] if found else nodeid.split("::")[0]

    config.option.loadscopereorder = False
    return Plan(config, log)


@pytest.fixture
def in_empty_folder(tmp_path, monkeypatch):
    """Run the test in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
