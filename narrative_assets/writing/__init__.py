"""Story arc, episode plan, screenplay, and Fountain import."""
