"""The function that takes visitors' removal requests."""
