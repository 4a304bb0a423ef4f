"""The teacher's page followed literally: the commands of its ten steps are read from it and run, in their order."""

import csv
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat

from tests.course.conftest import ROOT
from tests.course.students import ASSIGNMENTS, filled, solutions

PAGE = (ASSIGNMENTS / "README.md").read_text(encoding="utf-8")
STEPS = PAGE[PAGE.index("## From zero to grades in ten steps") : PAGE.index("## What the points are for")]
COMMAND = re.compile(r"`((?:pip|cp|cd|jupyter|bplearn|nbgrader) [^`]+)`")
ROSTER = re.search(r"`my-course/roster.csv`:\n +```\n(.*?) +```", STEPS, re.DOTALL)[1]
NBGRADERS = ("generate_assignment", "autograde", "generate_feedback", "export")


def in_shell(command, where):
    there = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = re.sub(r"^bplearn\b", f'"{sys.executable}" -m bplearn', command)
    folder = where / "my-course" if command.startswith("nbgrader") else where
    there["PYTHONPATH"] = str(ROOT)
    run = subprocess.run(command, shell=True, cwd=folder, env=there, capture_output=True, text=True)
    assert run.returncode == 0, command + run.stdout + run.stderr
    return run.stdout


def test_the_commands_of_the_ten_steps_lead_from_zero_to_grades(tmp_path):
    install, *commands = [one for one in COMMAND.findall(STEPS) if not one.endswith(NBGRADERS)]
    assert [" ".join(command.split()[:2]) for command in commands] == [
        "cp -r", "nbgrader validate", "bplearn reseed", "bplearn release", "bplearn grade", "cd my-course",
        "jupyter lab", "bplearn grade",
    ]  # fmt: skip
    extras = re.fullmatch(r'pip install -e "\.\[(.*)\]"', install)[1].split(",")
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert set(extras) <= tomllib.load(file)["project"]["optional-dependencies"].keys()
    (tmp_path / "notebooks").mkdir()  # the clone, as far as the page uses it
    shutil.copytree(ASSIGNMENTS, tmp_path / "notebooks" / "assignments")
    for command in commands[:4]:
        in_shell(command, tmp_path)
    (released,) = (tmp_path / "to-students").glob("*.ipynb")
    release = nbformat.read(released, as_version=4)
    (tmp_path / "my-course" / "roster.csv").write_text(re.sub(r"^ +", "", ROSTER, flags=re.MULTILINE))
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        name = f"Ada Lovelace_4711_assignsubmission_file_{released.name}"
        archive.writestr(name, nbformat.writes(filled(release, solutions("A2"))))
    said = in_shell(commands[4], tmp_path)
    assert re.search(r"^alo +A2  21 of 25", said, re.MULTILINE), said
    assert "bplearn reseed" not in said  # it was done
    assert in_shell(commands[5] + " && pwd", tmp_path).strip().endswith("my-course")
    in_shell(commands[7], tmp_path)
    assert list((tmp_path / "my-course" / "feedback" / "alo" / "A2").glob("*.html"))
    with (tmp_path / "my-course" / "grades.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["student_id"], row["state"], float(row["score"])) == ("alo", "graded", 21)
