"""Servers that misbehave: each stands between the tool and a sandbox, and acts a fault out on the real connection."""
