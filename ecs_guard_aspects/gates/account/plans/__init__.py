"""Plans: for each denied revision in use, how to get from it to a fixed one. Nothing is written to AWS."""
