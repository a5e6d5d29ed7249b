"""Emulate: spot price optimization of cars, chargers and heat pumps (REST, RS256 tokens)."""
