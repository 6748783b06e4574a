"""The collectors behind the metrics port: Prometheus over all processes of a folder, StatsD, or none."""
