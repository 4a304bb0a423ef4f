"""How an answer becomes a verdict: cases, runs, mutants, diagnosis, feedback, progress."""
