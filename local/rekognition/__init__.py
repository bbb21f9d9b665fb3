"""Rekognition's API over a real face engine: wire, state, vectors, engine. Imports nothing else of kinpics."""

import os

# Read when numpy is imported, which every module here does: the products are too small to be shared out by BLAS, and a
# search is shared out by vectors.py itself.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
