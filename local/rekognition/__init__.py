"""Rekognition's API over a real face engine: wire, state, vectors, engine. Imports nothing else of kinpics."""

import os

# Read when numpy is imported, which every module here does: the products are too small for BLAS to share out, and
# vectors.py shares out a search itself.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
