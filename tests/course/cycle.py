"""nbgrader's whole cycle through its own API, in a process of its own: python -m tests.course.cycle COURSE

nbgrader calls `alembic` by its bare name, and its libraries warn, which the tests turn into errors: both stay in here.
Prints, as JSON, the points of each cell, what is left to mark by hand, and what nbgrader said of each step.
"""

import json
import os
import sys
import warnings
from pathlib import Path


def main(course):
    warnings.simplefilter("ignore")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_url = f"sqlite:///{course / 'gradebook.db'}"
    os.chdir(course)
    found, api = {}, NbGraderAPI(CourseDirectory(config=config), config=config)
    handed_in = sorted((path.name, path.parent.name) for path in (course / "submitted").glob("*/*"))
    for assignment in dict.fromkeys(assignment for assignment, _ in handed_in):
        api.generate_assignment(assignment)
    for assignment, student in handed_in:
        graded, told = api.autograde(assignment, student), api.generate_feedback(assignment, student)
        with api.gradebook as gradebook:
            submission = gradebook.find_submission(assignment, student)
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            found[f"{assignment} {student}"] = {
                "worked": graded["success"] and told["success"],
                "cells": {grade.name: grade.auto_score for grade in grades},
                "score": submission.score,
                "most": submission.max_score,
                "by_hand": submission.needs_manual_grade,
            }
    return found


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    json.dump(main(Path(sys.argv[1]).resolve()), out)
