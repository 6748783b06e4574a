"""The film engine: script to shots, timed by the voice and then locked.

Pure functions over ``schemas``; the voice is a port (``speech``). No pictures, no sound, no files here.
"""
