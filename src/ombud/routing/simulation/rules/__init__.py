"""The pure part of simulated days: chance, the event loop, figures and exact values to compare with."""
