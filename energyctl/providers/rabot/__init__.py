"""RABOT Energy: German dynamic tariffs (REST, OAuth 2.0 client credentials)."""
