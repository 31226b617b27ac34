"""What benches print: figures with their limit and ratio, the state of the machine, and the last line for programs."""

import argparse
import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

Number = int | float


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` (0 to 1) of all values do not exceed; 0 without values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def spread(seconds: Sequence[float]) -> dict[str, Number]:
    """Latencies in seconds as the keys that others read, in milliseconds."""
    shares = {"p50_ms": 0.50, "p95_ms": 0.95, "p99_ms": 0.99}
    return {name: round(percentile(seconds, share) * 1000, 2) for name, share in shares.items()}


def ratio(ours: float, limit: float) -> float:
    """Our figure as a share of the limit."""
    return round(ours / limit, 3) if limit else 0.0


def load() -> float:
    """How many processes wanted to run in the last minute; far above the number of cores, figures mean little."""
    return os.getloadavg()[0]


@dataclass
class Report:
    """Collects the figures of one bench and prints them."""

    name: str
    arguments: argparse.Namespace
    figures: dict[str, Number] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        cores = len(os.sched_getaffinity(0))
        at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
        print(f"bench {self.name}, {self.scale}: {at} UTC, {cores} cores, load before {load():.1f}", flush=True)

    @property
    def scale(self) -> str:
        """``quick`` or ``full``."""
        return str(self.arguments.scale)

    def say(self, line: str) -> None:
        """Print something for people."""
        print(f"  {line}", flush=True)

    def beside(self, what: str, ours: float, limit: float, of: str, *, reach: float = 0, unit: str = "/s") -> float:
        """Print a rate beside the limit measured in the same run; gives the ratio."""
        share = ratio(ours, limit)
        wanted = f", to reach {reach:,.0f}{unit}" if reach else ""
        self.say(f"{what}: {ours:,.0f}{unit}{wanted}; {of}: {limit:,.0f}{unit}; ratio {share:.2f}")
        return share

    def keep(self, figures: Mapping[str, Number]) -> None:
        """Keep figures for the last line."""
        self.figures.update(figures)

    def end(self) -> int:
        """Print the end; the last line is one flat object if it was asked for."""
        self.say(f"took {time.monotonic() - self.started:.0f} s, load after {load():.1f}")
        if self.arguments.json:
            print(msgspec.json.encode(self.figures).decode(), flush=True)
        return 0


def memory_kib(pid: int) -> int:
    """Resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def cpu_seconds(*pids: int) -> float:
    """Processor time of processes so far; those that are gone count nothing."""
    return sum(_cpu_seconds(pid) for pid in pids)


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
