-- What writes answered that came with an Idempotency-Key and are no operations, for whoever sends them again. A row
-- stands for the key from the moment that a request claims it.

create table idempotent_answer (
  -- `user:1` or `token:1`. No foreign key: the row goes by age, soon, and a deletion need not look for it.
  principal text not null,
  key text not null,
  -- SHA-256 of method, path, query, body and scopes.
  request_hash bytea not null,
  -- Of the request that is at work: only that one may keep an answer or give the key back.
  claim uuid not null,
  claimed_at timestamptz not null default now(),
  -- Null while a request is at work.
  status smallint,
  -- Headers and body, sealed, because there may be a new token in them; null when it was too large to keep.
  answer bytea,
  created_at timestamptz not null default now(),
  constraint idempotent_answer_pkey primary key (principal, key)
);
-- Ciphertext does not get smaller.
alter table idempotent_answer alter column answer set storage external;
create index idempotent_answer_created_at_index on idempotent_answer (created_at);
