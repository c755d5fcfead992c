"""Who may come in: the addresses of the review, the links that let somebody in, and the cookies that keep them in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from grader.web.reviewing import Who

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """An address at which browsers reach the review, such as ``http://127.0.0.1:8765``."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Address:
        """Read one; ValueError where it is none, or has a path."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
            raise ValueError(url)
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(parts.scheme, host, parts.port or PORTS[parts.scheme])

    @property
    def authority(self) -> str:
        """What a browser writes into the header Host."""
        return self.host if self.port == PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """What a browser writes into the header Origin."""
        return f"{self.scheme}://{self.authority}"


@dataclass
class Doors:
    """The doors of one review at these addresses; the first is the one that links are made with.

    `owner` comes in by `token`, or once by each of `tickets`; graders by links of their own, which `grader_of` knows.
    """

    addresses: tuple[Address, ...]
    owner: Who
    grader_of: Callable[[str], Who | None] = lambda _token: None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _tickets: set[str] = field(default_factory=set)
    _sessions: set[str] = field(default_factory=set)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def cookie(self) -> str:
        """The name of the cookie; browsers do not keep ports apart."""
        first = self.addresses[0]
        return f"{'__Host-' if self.is_secure else ''}mlpgrader-{first.port}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the review by TLS alone."""
        return all(each.scheme == "https" for each in self.addresses)

    def link(self, token: str) -> str:
        """Return the address that lets somebody in: what stands behind the # is sent to no server and stands in no log."""
        return f"{self.addresses[0].origin}/enter#{token}"

    def ticket(self) -> str:
        """Return a token that lets the owner in once: other users of the machine may see with what a browser is started."""
        made = secrets.token_urlsafe(32)
        with self._turn:
            self._tickets.add(digest(made))
        return made

    def enter(self, token: str) -> str:
        """Return the cookie for whoever comes with a token, empty where nobody is known by it."""
        seen = digest(token)
        with self._turn:
            if hmac.compare_digest(seen, digest(self.token)) or seen in self._tickets:
                self._tickets.discard(seen)
                cookie = secrets.token_urlsafe(32)
                self._sessions.add(digest(cookie))
                return cookie
        return token if self.grader_of(token) else ""

    def who(self, cookie: str) -> Who | None:
        """Return whose cookie it is, None for nobody's."""
        if not cookie:
            return None
        if digest(cookie) in self._sessions:
            return self.owner
        return self.grader_of(cookie)


def digest(secret: str) -> str:
    """Return by what a secret is known again; comparing digests tells nothing of the secret by the time that it takes."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def write_token(cookie: str) -> str:
    """Return what has to come with each write of whoever has this cookie; pages of others cannot read it."""
    return hmac.new(cookie.encode(errors="surrogatepass"), b"writes", hashlib.sha256).hexdigest()
