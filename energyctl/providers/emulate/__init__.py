"""Emulate: spot price optimization (REST, RS256 tokens). Only its profile section is known yet."""
