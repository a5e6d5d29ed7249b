"""Emporia: energy monitors, outlets, EV chargers, batteries (gRPC)."""
