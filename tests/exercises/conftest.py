import pytest

from bplearn import exercises


@pytest.fixture(autouse=True)
def own_progress(tmp_path):
    """Keep every test's progress in a folder of its own."""
    exercises.use_file(tmp_path / "progress.json")
    yield
    exercises.use_file(None)
