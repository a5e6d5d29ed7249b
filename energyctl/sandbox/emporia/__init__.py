"""Emporia's Partner API V2 as a local gRPC server over TLS, written from the contract alone."""
