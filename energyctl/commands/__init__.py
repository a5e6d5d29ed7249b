"""Command groups that belong to no provider."""
