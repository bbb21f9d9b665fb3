"""The function that lets members in, and answers for sets that aren't public."""
