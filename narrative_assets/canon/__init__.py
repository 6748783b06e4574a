"""What is true: the timeline of facts, diffs, and the gate that judges claims."""
