"""What makes a network understood: scalars, gradient checks, traces, explanations, names of units."""
