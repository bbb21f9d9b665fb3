"""What each service's exports look like; nothing else knows."""
