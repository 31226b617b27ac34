"""The assembly: settings, the application, and who hears which event.

The top of the ladder, beside ``cli``: it may import every room, and no room imports it. What a room needs to know
is handed down to it.
"""
