"""Blocks on the Design page: grouping, opening, parameters, ports, the user's library."""
