"""Bright Kit: an energy company's own backend (REST). Only its profile section is known yet."""
