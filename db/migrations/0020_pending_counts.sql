-- Events that are stored and not counted on their issue yet: a row for each issue and hour of a batch. An issue that is
-- hit a thousand times in a second is then not written a thousand times, and nobody waits for its row (ADR 0014).
-- No reference to the issue: looking it up for each row would cost as much as the row. Rows of an issue that is gone are
-- dropped by whoever counts next.
create table pending_count (
  id bigint generated always as identity constraint pending_count_pkey primary key,
  group_id bigint not null,
  hour timestamptz not null,
  events integer not null,
  people integer not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  level text not null,
  culprit text not null,
  title text not null,
  message text not null,
  metadata json not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_threshold = 1000000);
