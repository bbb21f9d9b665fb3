"""What the rooms share: the deployed stack, `kinpics.toml`, its template, the terminal."""
