"""Programs that stand in for others in tests."""

from __future__ import annotations

from pathlib import Path


def stand_in(folder: Path, script: str) -> str:
    """Return the path of a program that does what a shell script says."""
    client = folder / "client"
    client.write_text(f"#!/bin/sh\n{script}\n")
    client.chmod(0o755)
    return str(client)
