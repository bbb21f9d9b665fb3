"""The photos of `make demo`: taken from packages, cut, composed and drawn when it first starts."""
