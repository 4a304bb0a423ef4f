"""The training lab: both dials live, runs to compare, one weight to watch."""
