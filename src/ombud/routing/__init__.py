"""Who takes which work: skills and settings, the engine that decides and remembers why, the floor of people."""
