"""The grader's side of a course: inputs, right numbers, verdicts and points; no code of a student's runs in here."""
