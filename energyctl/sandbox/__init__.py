"""Local servers that speak the contracts. Written from the contracts alone, never from the client."""
