"""Hidden checks of a test cell: which there are, the seeds they stand for in this course, and the cell without them.

A hidden check never lies in the file that runs: the grader makes it by itself, with the answer that the open check
brought. `bplearn reseed` gives a course a secret, and with it inputs that no other course has. Belongs to
notebooks/assignments/README.md.
"""

from __future__ import annotations

import ast
import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from bplearn.files.atomic import atomic_write

_FILE = ".bplearn-secret"
_BEGIN, _END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"

Check = tuple[str, int]  # the number of a task and a seed


@dataclass(frozen=True)
class TestCell:
    """The checks of a test cell as (task, seed): the open ones, the hidden ones; what runs; is there anything else."""

    open: tuple[Check, ...]
    hidden: tuple[Check, ...]
    runs: str
    other: bool

    def checks(self, secret: str) -> list[tuple[str, tuple[int, bool]]]:
        """Return its checks in a course with this secret: the task, the seed and whether it is hidden."""
        hidden = [(number, (drawn(secret, number, seed), True)) for number, seed in self.hidden]
        return [*((number, (seed, False)) for number, seed in self.open), *hidden]


def read_cell(source: str) -> TestCell:
    r"""Return what is in a test cell.

    >>> source = '### BEGIN HIDDEN TESTS\ncheck("A2.1", circuit, seed=7)\n### END HIDDEN TESTS'
    >>> read_cell('check("A2.1", circuit)\n' + source)
    TestCell(open=(('A2.1', 0),), hidden=(('A2.1', 7),), runs='check("A2.1", circuit)', other=False)
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:  # a magic, say
        return TestCell((), (), source, True)
    lines, within, inside = source.splitlines(), set[int](), False
    for number, line in enumerate(lines, 1):
        inside = inside or line.strip() == _BEGIN
        within |= {number} if inside else set()
        inside = inside and line.strip() != _END
    found, hidden, other = [], [], False
    for node in body:
        check = _check(node.value) if isinstance(node, ast.Expr) else None
        if check is None:
            found += [inner for part in ast.walk(node) if (inner := _check(part)) is not None]
            other = True
        elif node.lineno in within:
            hidden.append(check)
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
        else:
            found.append(check)
    left = "".join(lines[number - 1].strip() for number in within)
    kept = [line for number, line in enumerate(lines, 1) if number not in within or left not in ("", _BEGIN + _END)]
    return TestCell(tuple(found), tuple(hidden), "\n".join(kept), other)


def secret_of(course: Path) -> str:
    """Return the secret of a course; empty where it has none, and the seeds count as they stand in the cells."""
    path = course / _FILE
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def drawn(secret: str, number: str, seed: int) -> int:
    """Return the seed that a hidden check stands for.

    >>> drawn("", "A2.1", 7)
    7
    """
    if not secret:
        return seed
    return int.from_bytes(hashlib.sha256(f"{secret} {number} {seed}".encode()).digest()[:4], "big") + 1


def reseed(course: Path) -> Path:
    """Give a course a new secret: all hidden checks get other inputs."""
    path = course / _FILE
    atomic_write(path, lambda file: file.write(f"{secrets.token_hex(16)}\n".encode()))
    return path


def _check(node: ast.AST) -> Check | None:
    if not (isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "check"):
        return None
    given = [*node.args[:1], *node.args[2:3], *(word.value for word in node.keywords if word.arg == "seed")]
    constants = [part.value for part in given if isinstance(part, ast.Constant)]
    number, seed = ([*constants, 0] if len(constants) == 1 else constants or ["", 0])[:2]
    return (number, seed) if isinstance(number, str) and isinstance(seed, int) and number else None
