"""The vocabulary by which context packs are counted, as data; what it is and whose stands in ``NOTICE.md``."""
