"""Benchmarks: ratios against named peers, measured in one run. `make bench`, or `python -m bench NAME...`."""

import local.rekognition  # noqa: F401 - keeps BLAS to one thread, as in the stack
