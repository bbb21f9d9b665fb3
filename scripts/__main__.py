"""`python -m scripts` is `kinpics`."""

from scripts.cli import main

main(prog_name="kinpics")
