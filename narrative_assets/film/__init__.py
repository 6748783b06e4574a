"""Scene breakdown, shots and the timing lock."""
