"""Runs a command alone and tells what it took, with all processes that it starts: Linux only.

    python measure.py <memory bound in MiB> <file for the result> <command> ...

Writes {"status", "seconds", "processor", "peak"} as JSON: wall time and processor time in seconds, highest resident
memory of all its processes together in MiB. A command above the bound is killed and has the status "out of memory".
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def descendants(root):
    """Process ids of a process and of all below it."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(name))
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting.extend(children.get(process, []))
    return found[1:]


def resident(process):
    """Bytes of resident memory, 0 where the process has ended."""
    try:
        with open(f"/proc/{process}/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def main():
    bound = int(sys.argv[1]) * 2**20
    # Orphans come to this process, so that their processor time is counted too.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.monotonic()
    child = subprocess.Popen(sys.argv[3:])
    peak, status = 0, "done"
    while child.poll() is None:
        now = sum(resident(process) for process in descendants(os.getpid()))
        peak = max(peak, now)
        if now > bound and status == "done":
            status = "out of memory"
            for process in descendants(os.getpid()):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.05)
    seconds = time.monotonic() - began
    for process in descendants(os.getpid()):
        os.kill(process, signal.SIGTERM)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    if status == "done" and child.returncode != 0:
        status = "failed"
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {"status": status, "seconds": seconds, "processor": used.ru_utime + used.ru_stime, "peak": peak / 2**20}
    with open(sys.argv[2], "w") as file:
        json.dump(result, file)


main()
