"""Indicator systems and weight profiles: read, checked, listed."""
