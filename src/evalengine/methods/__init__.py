"""Numerical methods: plain arrays in, arrays out. numba lives here and nowhere else."""
