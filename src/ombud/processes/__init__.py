"""Processes: the stages that tickets of a type go through, each with its form, its team, its time and its way on.

Words: a *process* (流程) is a list of *stages* (阶段) in versions; a *run* (流程实例) is one ticket's way through a
version; a *visit* is a run's time in one stage. A run never changes its version. What a stage asks is answered by
people; nothing is answered for them.
"""
