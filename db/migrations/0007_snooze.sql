-- What an ignored issue comes back for: a time, a number of events or of people, all told or within a window.
create table group_snooze (
  group_id bigint constraint group_snooze_pkey primary key
    constraint group_snooze_group_id_fkey references group_ on delete cascade,
  until timestamptz,
  count bigint,
  window_minutes integer,
  user_count bigint,
  user_window_minutes integer,
  -- Events from before do not count.
  times_seen_before bigint not null,
  actor_id bigint constraint group_snooze_actor_id_fkey references app_user on delete set null,
  date_added timestamptz not null default now()
);
