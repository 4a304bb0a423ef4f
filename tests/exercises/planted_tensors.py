"""Planted answers to the operations of notebook 15, as learners write them."""

from tests.exercises.lines import wrong


@wrong("15.1", "the minus of a quotient")
def quotient_without_a_minus(dy, a, b):
    return dy / b, dy * a / (b * b)


@wrong("15.1", "the square of a quotient")
def quotient_without_a_square(dy, a, b):
    return dy / b, -a * dy / b


@wrong("15.2", "a fork averaged")
def copies_averaged(dy, shape):
    extra = dy.ndim - len(shape)
    found = dy.mean(axis=tuple(range(extra))) if extra else dy
    for axis in range(len(shape)):
        if shape[axis] == 1:
            found = found.mean(axis=axis, keepdims=True)
    return found


@wrong("15.2", "a fork not added")
def first_copy_alone(dy, shape):
    while dy.ndim > len(shape):
        dy = dy[0]
    return dy[tuple(slice(0, 1) if length == 1 else slice(None) for length in shape)]
