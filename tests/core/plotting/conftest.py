"""All plotting tests draw without a window, leave no figure open, and leave matplotlib's settings alone."""

import matplotlib as mpl
import pytest

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _tidy():
    import matplotlib.pyplot as plt

    plt.close("all")  # other tests may have left figures open
    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before


@pytest.fixture
def message():
    def said(error, call, *arguments, **options):
        with pytest.raises(error) as caught:
            call(*arguments, **options)
        return str(caught.value)

    return said
