"""Helpers for the tests of tables: read a text as a file, catch what is refused, run what a message advises."""

import re

import pytest

from bplearn.datasets import Dataset
from bplearn.errors import DataError


@pytest.fixture
def read(tmp_path):
    """Read a text as a file: `read(text, target, **options)`."""

    def call(text, target=-1, encoding="utf-8", **options):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode(encoding))
        return Dataset.from_csv(path, target, **options)

    return call


@pytest.fixture
def refused(read):
    """The message of a file that is refused."""

    def call(text, target=-1, error=DataError, **options):
        with pytest.raises(error) as caught:
            read(text, target, **options)
        return str(caught.value)

    return call


@pytest.fixture
def advised():
    return options_in


def options_in(text):
    """The options that a message names, one dict for each."""
    found = re.findall(r"\w+=(?:\"[^\"]*\"|'[^']*'|\[[^\]]*\]|[-\w]+)(?:, \w+=\"[^\"]*\")*", text)
    return [eval(f"dict({line})") for line in found]
