"""How the notebooks are executed, put into their committed form, and checked. Run it: python -m tests.notebooks."""
