# One image for web server, worker and schedule; the command says which.
FROM python:3.13-slim AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data BIND_ADDRESS=0.0.0.0 PORT=8000
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin tracker \
    && install --directory --owner=tracker --group=tracker /data /downloads
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
USER tracker
VOLUME ["/data", "/downloads"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "tracker.wsgi:application"]
