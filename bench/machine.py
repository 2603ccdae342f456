"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path


def describe_machine() -> dict[str, str]:
    """Return processor, memory, system, compiler, Python and the versions of the contenders."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        "system": f"{_distribution()}, Linux {platform.release().split('-')[0]}",
        "compiler": _compiler(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "py-forest": version("py-forest"),
        "py_trees": version("py_trees"),
        "zen-engine": version("zen-engine"),
        "pyarrow": version("pyarrow"),
        "load at the start": _load(),
    }


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", _read("/proc/cpuinfo"), re.MULTILINE)
    name = found[1].strip() if found else platform.machine()
    rate = re.search(r"^cpu MHz\s*:\s*([\d.]+)$", _read("/proc/cpuinfo"), re.MULTILINE)
    return f"{name}, {float(rate[1]) / 1000:.1f} GHz" if rate else name


def _memory() -> str:
    found = re.search(r"^MemTotal:\s*(\d+) kB$", _read("/proc/meminfo"), re.MULTILINE)
    return f"{int(found[1]) / 2**20:.0f} GiB" if found else "unknown"


def _distribution() -> str:
    found = re.search(r'^PRETTY_NAME="(.+)"$', _read("/etc/os-release"), re.MULTILINE)
    return found[1] if found else sys.platform


def _compiler() -> str:
    compiler = shutil.which("g++")
    if compiler is None:
        return "unknown"
    answer = subprocess.run(  # noqa: S603 - the compiler found on the path
        [compiler, "--version"], capture_output=True, text=True, check=True
    )
    return answer.stdout.splitlines()[0]


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f} (one minute)"


def _read(path: str) -> str:
    file = Path(path)
    return file.read_text("utf-8") if file.exists() else ""
