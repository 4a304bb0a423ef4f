"""A learner's own table, from the text of a file to the arrays of a Dataset.

`layout` finds the delimiter and the names, `cells` reads numbers, `blocks` reads the lines, many at a time, `columns`
fills gaps and turns words into numbers, `targets` tells classes from values, and `reader` puts them together.
"""
