"""Deploying to the laptop stack, and filling its site."""
