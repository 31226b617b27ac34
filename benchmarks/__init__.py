"""Measurements that anybody can repeat: ``./ombud bench NAME``. What each figure means stands in docs/benchmarks.md.

A module without an underscore is a bench; the others are what benches share. A bench works in a data folder of its
own, on an embedded PostgreSQL with the product's own settings, on loopback only, and leaves no process behind.
"""
