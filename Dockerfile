# syntax=docker/dockerfile:1

# The build embeds GraphiQL, which npm builds.
FROM node:22-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked --package nuages \
    && cp target/release/nuages /usr/local/bin/nuages

FROM debian:bookworm-slim
# curl asks for the health of the server.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /project nuages
COPY --from=build /usr/local/bin/nuages /usr/local/bin/nuages
COPY --chown=nuages examples/blog /project
RUN chown nuages /project
USER 10001
WORKDIR /project
# Outside of the container nobody reaches its local address.
ENV NUAGES_ADDRESS=0.0.0.0:8000
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8000/healthz"]
ENTRYPOINT ["nuages"]
CMD ["serve", "/project"]
