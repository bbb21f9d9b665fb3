"""The lookalike gallery: portraits of people, each with a name and a credit."""
