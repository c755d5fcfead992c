import fcntl
import os
import resource

# what one session could leave to the next ones: of the worker, and on files that all of them have in common


def changes(worker):
    yield "limits", lambda: resource.prlimit(worker, resource.RLIMIT_NOFILE, (20, 20))
    yield "processors", lambda: os.sched_setaffinity(worker, {min(os.sched_getaffinity(worker))})
    yield "scheduling", lambda: os.sched_setscheduler(worker, os.SCHED_IDLE, os.sched_param(0))
    yield "priority", lambda: os.setpriority(os.PRIO_PROCESS, worker, 19)
    yield "group", lambda: os.setpriority(os.PRIO_PGRP, 0, 19)
    yield "locks", lambda: fcntl.flock(COMMON, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield "leases", lambda: fcntl.fcntl(COMMON, fcntl.F_SETLEASE, fcntl.F_RDLCK)


COMMON = open(np.__file__, "rb")


def hostile(self, x, y):
    done = []
    for name, change in changes(os.getppid()):
        try:
            change()
            done.append(name)
        except OSError:
            pass
    raise RuntimeError(f"changed {', '.join(done) if done else 'nothing'}")


MLP.backward = hostile
