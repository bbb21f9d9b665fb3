"""Rekognition's API over a real face engine: wire, state, vectors, engine. Imports nothing else of kinpics."""
