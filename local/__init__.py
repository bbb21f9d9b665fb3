"""The laptop stack: an embedded AWS that deploys the very same template and really recognises faces."""
