"""Where secrets and what is kept of them may be, and where not."""
