"""The doctor: looks at an installation and says, line by line, what is well, what is not, and how to mend it.

Words: a *finding* is one line, with a stable code and a level: ``ok``, ``warn`` (it works, but not for long or not
well), ``bad`` (something does not work). The doctor changes nothing.
"""
