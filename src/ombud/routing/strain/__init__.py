"""Strain: what the last hours asked of an agent, for the agent's own sake.

Nobody is measured who did not ask for it. The figure is the agent's first and, unless their team has agreed otherwise
and they with it, the agent's alone; it is never part of figures of performance, and nothing of it is kept longer than
it counts. Above a bound hard work goes to others where others are, and a break is proposed. The words by which anger is
found are a short list, until texts are understood better.
"""
