# The image that submissions run in: an interpreter and the pinned packages that student code may import.
# None of our own source is in it; the worker goes in with each submission. Build it with `make image`.
ARG BASE=python:3.13-slim-trixie
FROM ${BASE}

COPY requirements/sandbox.lock /tmp/sandbox.lock
RUN set -eu; \
    python3 -m venv /opt/venv; \
    /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: -r /tmp/sandbox.lock; \
    /opt/venv/bin/pip uninstall --yes --quiet setuptools pip 2>/dev/null || true; \
    find /opt/venv -type d -name tests -path '*/site-packages/*' -prune -exec rm -rf {} +; \
    /opt/venv/bin/python3 -I -m compileall -q /opt/venv; \
    rm -rf /tmp/sandbox.lock /root/.cache; \
    if ! getent passwd 47123 >/dev/null; then \
        echo 'student:x:47123:47123::/tmp:/usr/sbin/nologin' >>/etc/passwd; \
        echo 'student:x:47123:' >>/etc/group; \
    fi; \
    MPLCONFIGDIR=/tmp /opt/venv/bin/python3 -I -B -c 'import numpy, matplotlib'

# the digest of this file and of the lock, so that a stale image can be told
ARG RECIPE=unknown
LABEL org.opencontainers.image.title="mlpgrader sandbox" mlpgrader.recipe="${RECIPE}"
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8
USER 47123:47123
WORKDIR /tmp
CMD ["python3", "-I", "-B", "-V"]
