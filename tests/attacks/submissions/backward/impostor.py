import os

# what a process could speak through in place of the worker, and how it could keep that one quiet


def pipes():
    own, found = os.getpid(), []
    for process in [name for name in os.listdir("/proc") if name.isdigit() and int(name) != own]:
        try:
            numbers = os.listdir(f"/proc/{process}/fd")
        except OSError:
            continue
        for number in numbers:
            for flags in (os.O_RDONLY, os.O_WRONLY):
                try:
                    os.close(os.open(f"/proc/{process}/fd/{number}", flags | os.O_NONBLOCK))
                except OSError:
                    continue
                found.append(f"{process}:{number}")
    return found


def hostile(self, x, y):
    reached = pipes()
    raise RuntimeError(f"reached {', '.join(reached) if reached else 'no pipe'}")


MLP.backward = hostile
