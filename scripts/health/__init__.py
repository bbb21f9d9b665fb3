"""Whether everything the site keeps agrees, and mending what does not."""
