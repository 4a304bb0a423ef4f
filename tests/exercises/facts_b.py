"""The truth of each prediction of notebooks 07 to 14, found in another way than the table finds it. See facts_a."""

FACTS = {}
