"""What the desk does by itself because something happened: webhooks now, rules later.

Everything here reads the event log; nothing here is called by the rooms whose events it reads.
"""
