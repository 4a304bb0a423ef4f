"""One neuron to turn by hand: inputs, weights, slope."""
