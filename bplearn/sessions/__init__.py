"""What the live panels decide: each module is the logic of a panel, driven and tested with no browser.

one_neuron, scalar_walk         one neuron; a graph of single operations (`neuron`, `graph_steps`)
operations, walkthrough         the numbers of one update; on and back through them (`step_through`)
tracer                          one weight and its paths (`trace_panel`)
descent, surfaces               the way downhill on a cost that can be drawn (`landscape`)
session, experiment, runbook    a training to drive; what decides it; the runs so far (`training_lab`)
moments, weight_watch           what a session remembers of its way; one weight watched while it trains
epoch_noise                     the gradients of this epoch's batches, as the training goes on
batch_noise, sweep_map          gradients of batches; a map of settings (`batch_noise`, `sweep_panel`)
signal_flow                     signals by layer (`signals`)
prediction                      predict, commit, reveal (`predict`, and inside other panels)
"""
