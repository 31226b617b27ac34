"""Who hears which event: one line each. Effects and cursor of a reader commit together."""

from ombud.shared.readers import Reader

READERS: list[Reader] = []
