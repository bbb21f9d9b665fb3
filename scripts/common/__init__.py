"""What the rooms share: the deployed stack, `kinpics.toml`, errors, the terminal."""
