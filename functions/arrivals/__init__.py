"""After photos came from browsers: into their sets, or out again."""
