"""Photos that come from browsers: the owner's, contributors' and guests'."""
