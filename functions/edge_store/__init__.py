"""The edge store function: makes CloudFront's key-value store equal to table ``access``, whenever that changes."""
