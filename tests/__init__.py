"""Tests: unit (mirrors the engines), contracts, graph, golden, faults."""
