"""Settings of nbgrader for these assignments. Every line is yours to change; the README says what each is for."""

c = get_config()  # noqa: F821 (traitlets puts it here)

# Where things are. `source/` holds the assignments, `submitted/<student>/<assignment>/` what came in.
c.CourseDirectory.course_id = "bplearn"

# Limits. A checked function is cut off after 5 to 10 s of processor time by the check itself; this limit is for all
# else in a cell: seconds of processor time, or of the clock where a kernel runs the cells.
c.Execute.timeout = 60
c.Execute.interrupt_on_timeout = True

# The session: right numbers are known, and points are settled, in the grader's process, which a notebook cannot reach.
c.Autograde.autograde_preprocessors = [
    "bplearn.course.preprocessors.OpenSession",
    "bplearn.course.preprocessors.Execute",
    "bplearn.course.preprocessors.CloseSession",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Feedback without the hidden tests and without the mark schemes (take out a line to show them), and pages that need
# no network: formulas as MathML, the titles of the tasks in the list.
c.GenerateFeedback.exporter_class = "bplearn.course.feedback.FeedbackPage"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "bplearn.course.preprocessors.HideHiddenTests",
    "bplearn.course.preprocessors.HideMarkSchemes",
    "bplearn.course.feedback.WriteFormulas",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Late work: "none" takes nothing off, "zero" gives no points. nbgrader's manual says how to write a rule of your own.
c.LateSubmissionPlugin.penalty_method = "none"
