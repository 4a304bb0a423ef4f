"""What a learner can choose in the panels by name: activations and optimizers.

Used by the training lab, the sweep map, the signals, the neuron and the landscape; first met in
notebooks/01_one_neuron.ipynb.
"""

ACTIVATIONS = ("Tanh", "ReLU", "Sigmoid", "LeakyReLU", "GELU", "Identity")
OPTIMIZERS = ("SGD", "Momentum", "RMSProp", "Adam")
