"""Settings of the private server, fitted to the machine."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
MEBIBYTE = 1024 * 1024
SHARED_BUFFERS_MOST_MIB = 1024
SHARED_BUFFERS_LEAST_MIB = 64

# A temporary server is thrown away: it need not survive a power cut.
FORGETFUL: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def memory_mib() -> int:
    """Count the memory that we may use: the machine's, or the container's if that is less."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([physical, *_container_limits()]) // MEBIBYTE


def machine_settings() -> dict[str, str]:
    """Choose settings for this machine: durable, quiet, a private socket only."""
    memory = memory_mib()
    buffers = max(SHARED_BUFFERS_LEAST_MIB, min(SHARED_BUFFERS_MOST_MIB, memory // 4))
    return {
        "listen_addresses": "",
        "max_connections": "200",
        "shared_buffers": f"{buffers}MB",
        "effective_cache_size": f"{max(128, memory // 2)}MB",
        "maintenance_work_mem": f"{max(32, min(256, memory // 32))}MB",
        "work_mem": "8MB",
        "fsync": "on",
        "wal_compression": "pglz",
        "max_wal_size": "2GB",
        "min_wal_size": "160MB",
        "checkpoint_timeout": "10min",
        "checkpoint_completion_target": "0.9",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "64",
        "jit": "off",
        # After a crash: one call for the file system in place of an fsync of each of a thousand files.
        "recovery_init_sync_method": "syncfs" if sys.platform == "linux" else "fsync",
        "timezone": "UTC",
        **_log_settings(),
    }


def _log_settings() -> dict[str, str]:
    # A file per day of the week, overwritten a week later: the log can never fill the disk with old days.
    return {
        "logging_collector": "on",
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        "log_checkpoints": "off",
    }


def _container_limits() -> list[int]:
    told = [path.read_text().strip() for path in CGROUP_LIMITS if path.exists()]
    return [int(limit) for limit in told if limit.isdecimal()]
