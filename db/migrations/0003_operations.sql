-- The mailbox: every write is a row here before anything else happens (ADR 0002, ADR 0003).

create table operation (
  id uuid constraint operation_pkey primary key,
  -- Arrival order; the mailbox of a release is read in this order.
  seq bigint generated always as identity,
  organization_id bigint not null constraint operation_organization_id_fkey references organization on delete cascade,
  release_version text not null,
  kind text not null,
  -- The activities this operation passes through, in order; `next_step` counts the finished ones.
  steps text[] not null,
  next_step smallint not null default 0,
  -- Commits in the body: decides between the short and the chunked path without reading the body.
  size integer not null default 0,
  body json not null,
  body_hash bytea not null,
  idempotency_key text,
  -- Who asked: token and user, for activity rows and audit.
  actor json not null,
  status text not null default 'pending' constraint operation_status_check check (status in ('pending', 'done', 'failed')),
  attempts integer not null default 0,
  last_error text,
  -- What the steps leave for the reply: { status, releaseId, deployId, ... } or { status, body } of an error.
  outcome json,
  -- The first answer as sent, kept for requests that came with an Idempotency-Key.
  response json,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
-- Commit lists are incompressible enough and short-lived: pglz would only cost time in the request.
alter table operation alter column body set storage external;
create unique index operation_organization_id_idempotency_key_key on operation (organization_id, idempotency_key)
  where idempotency_key is not null;
create index operation_mailbox_index on operation (organization_id, release_version, seq) where status = 'pending';
create index operation_pending_index on operation (created_at) where status = 'pending';
create index operation_release_index on operation (organization_id, release_version, seq desc);
