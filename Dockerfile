# One image for worker, intake, pages and migrations: they are the same product with another first word.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/dueprocess
COPY deploy/requirements.txt ./
RUN /opt/dueprocess/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY pyproject.toml README.md ./
COPY activities activities
COPY contract contract
COPY gateways gateways
COPY intake intake
COPY ledger ledger
COPY policy policy
COPY runtime runtime
COPY starter starter
COPY workflows workflows
RUN /opt/dueprocess/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11.14-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home dueprocess
COPY --from=build /opt/dueprocess /opt/dueprocess
COPY worker.py /app/worker.py
ENV PATH=/opt/dueprocess/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /var/lib/dueprocess
USER 10001
ENTRYPOINT ["dueprocess"]
CMD ["--help"]
