"""Work of several departments on the demo desk: three complaints on their way through processes, dispatches, tasks.

Everything is done by the verbs that people use, at moments of the last two days; what is due later, comes due.
"""
