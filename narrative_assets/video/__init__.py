"""Shot clips, captions, sound, assembly and quality figures."""
