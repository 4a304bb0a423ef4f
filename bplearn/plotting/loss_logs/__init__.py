"""Logs of losses in the forms that people have them: Python objects and files become runs of named series.

In order: `forms` and `files` make tables, `long_form` takes runs and phases apart, `choice` says what is drawn,
`counters` make places rise, `runs` puts it together.
"""
