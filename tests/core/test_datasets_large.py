"""Dataset.from_csv with large files: the same numbers, the right line in a message, little memory."""

import tracemalloc

import numpy as np
import pytest

from bplearn.datasets import Dataset
from bplearn.errors import DataError


@pytest.mark.parametrize("delimiter", [",", ";", "\t", " "])
@pytest.mark.parametrize("target", [0, 2, -1])
def test_reading_at_once_and_cell_by_cell_agree(tmp_path, delimiter, target):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 5)).round(6)
    x[:, target] = rng.integers(0, 3, 500)
    lines = [[str(int(n)) if j == target % 5 else repr(n) for j, n in enumerate(row)] for row in x.tolist()]
    plain, quoted = tmp_path / "plain.csv", tmp_path / "quoted.csv"
    plain.write_text("\n".join(delimiter.join(row) for row in lines))
    quoted.write_text("\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in lines))
    data = Dataset.from_csv(plain, target)
    assert np.array_equal(data.x, np.delete(x, target, axis=1))
    assert np.array_equal(data.targets, x[:, target])
    assert np.array_equal(Dataset.from_csv(quoted, target).x, data.x)


def test_a_fault_deep_in_a_large_file_is_named_by_its_line(tmp_path):
    rows = [f"{i % 7},{i % 5},{i % 2}" for i in range(30_000)]
    rows[12_345] = '"3\n4",1,0'
    rows[25_000] = "red,1,0"
    (tmp_path / "t.csv").write_text("\n".join(rows))
    with pytest.raises(DataError, match="line 12346, column 'x0'"):
        Dataset.from_csv(tmp_path / "t.csv", -1)
    rows[12_345] = '3,1,"0\n"'
    (tmp_path / "t.csv").write_text("\n".join(rows))
    with pytest.raises(DataError, match="line 25002, column 'x0' expected a number, got 'red'"):
        Dataset.from_csv(tmp_path / "t.csv", -1)


@pytest.mark.parametrize("gaps", [False, True])
def test_a_large_table_takes_less_than_three_times_its_array(tmp_path, gaps):
    lines = [",".join(str(i * j % 256) for j in range(201)) for i in range(3000)]
    lines[7] = lines[7].replace(",7,", ",?,", 1) if gaps else lines[7]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    tracemalloc.start()
    try:
        data = Dataset.from_csv(tmp_path / "t.csv", 0, missing="mean" if gaps else None)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert data.x.shape == (3000, 200)
    assert peak < 3 * data.x.nbytes + (12 << 20)  # and one block of text


def test_a_progress_bar_is_shown_where_it_is_asked_for(read, capsys):
    read("1,2,0\n3,4,1\n")
    assert capsys.readouterr().err == ""
    read("1,2,0\n3,4,1\n", progress=True)
    assert "table.csv: 100%" in capsys.readouterr().err
