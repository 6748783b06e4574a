"""The models on this disk: what they are, whose they are, what may be done with them, and that they are unchanged."""
