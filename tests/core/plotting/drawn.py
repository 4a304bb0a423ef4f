"""What stands in a drawn loss curve, for the tests of its forms."""

import re

from bplearn.plotting import plot_loss


def drawn(*histories, **options):
    """The lines of `plot_loss` by name: [places, values]; what helps the eye has a name that begins with _."""
    return lines_of(plot_loss(*histories, **options))


def lines_of(ax):
    return {
        line.get_label(): [list(map(float, values)) for values in line.get_data()]
        for line in ax.lines
        if not line.get_label().startswith("_")
    }


def advised(message):
    """The lines to write that a message gives: each call of plot_loss in it, with all its brackets."""
    for start in (found.start() for found in re.finditer(r"plot_loss\(", message)):
        depth = 0
        for place, letter in enumerate(message[start:], start):
            depth += (letter in "([{") - (letter in ")]}")
            if letter in ")]}" and depth == 0:
                yield message[start : place + 1]
                break
