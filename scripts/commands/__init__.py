"""The commands of `kinpics`, thin: what they do is in the modules of `scripts`."""
