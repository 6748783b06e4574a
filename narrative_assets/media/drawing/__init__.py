"""Designed pictures drawn from nothing but a need: plates of places, figures, inserts and slates."""
