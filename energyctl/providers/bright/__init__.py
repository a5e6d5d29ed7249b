"""Bright Kit: an energy company's own backend as Bright's app calls it (REST; API key or OAuth 2.0)."""
