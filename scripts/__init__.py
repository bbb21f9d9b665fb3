"""The owner's command line, `kinpics`: thin commands in `cli`, one module for each thing they do."""
