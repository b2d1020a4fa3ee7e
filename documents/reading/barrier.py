"""What the kernel forbids the process that reads a file: sockets, programs, changes to folders.

A filter of system calls (seccomp) that nothing can take off again; it needs no rights, and holds
for native code as well, which Python's audit hook does not see.
"""

import ctypes
import errno
import platform
import sys

# <linux/prctl.h>, <linux/seccomp.h>, <linux/filter.h>
NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER = 38, 22, 2
LOAD, JUMP_IF_EQUAL, JUMP_FROM, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE = 0, 4
ALLOWED, REFUSED = 0x7FFF0000, 0x00050000 | errno.EPERM
# The second way to call an x86-64 kernel has numbers of its own.
OTHER_NUMBERS = 0x40000000
# By machine: the kernel's name of it, and socket, socketpair, connect, io_uring_setup; execve,
# execveat, fork, vfork, ptrace, process_vm_writev, kill; what makes, moves and removes files.
MACHINES = {
    "x86_64": (
        0xC000003E,
        (
            *(41, 53, 42, 425, 59, 322, 57, 58, 101, 311, 62),
            *(82, 264, 316, 83, 258, 84, 86, 265, 87, 263, 88, 266, 76, 90, 91, 268, 92, 93, 260),
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            *(198, 199, 203, 425, 221, 281, 117, 271, 129),
            *(38, 276, 34, 37, 35, 36, 45, 52, 53, 54, 55),
        ),
    ),
}


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_so", ctypes.c_uint8),
        ("if_not", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def raise_barrier() -> bool:
    """Have the kernel refuse all of it to this process for good; False where it does not."""
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        return False
    steps = _steps(*MACHINES[platform.machine()])
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return not kernel.prctl(SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0)


def _steps(architecture: int, refused: tuple[int, ...]) -> list[_Step]:
    """Return the filter: each jump to the last step refuses."""
    last = len(refused) + 5
    steps = [
        _Step(LOAD, 0, 0, ARCHITECTURE),
        _Step(JUMP_IF_EQUAL, 0, last - 2, architecture),
        _Step(LOAD, 0, 0, NUMBER),
        _Step(JUMP_FROM, last - 4, 0, OTHER_NUMBERS),
    ]
    for number in refused:
        steps.append(_Step(JUMP_IF_EQUAL, last - len(steps) - 1, 0, number))
    return [*steps, _Step(RETURN, 0, 0, ALLOWED), _Step(RETURN, 0, 0, REFUSED)]
