"""Vector memory: earlier episodes found again by likeness. A help to recall, never a source of truth.

It is derived from scripts and canon diffs and can be made anew from them at any time.
"""
