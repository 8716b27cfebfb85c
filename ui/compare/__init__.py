"""Two networks side by side in one picture: what was added, removed, changed, rewired."""
