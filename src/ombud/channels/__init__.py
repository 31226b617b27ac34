"""Channels: how customers reach us and how we answer them, one package per kind of channel.

A channel turns what the outside world sends into plain structs and back. It never decides what a ticket does.
"""
