"""Reactions to canon updates, approvals, new episodes and failures."""
