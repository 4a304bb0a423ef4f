"""One update, number by number: forward, cost, backward, update, and back again."""
