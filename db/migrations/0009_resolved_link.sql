-- Which references have had their effect in which release: a list that is sent again resolves nothing again, so an
-- issue that was reopened since stays open.
create table resolved_link (
  release_id bigint not null constraint resolved_link_release_id_fkey references release on delete cascade,
  group_link_id bigint not null constraint resolved_link_group_link_id_fkey references group_link on delete cascade,
  date_added timestamptz not null default now(),
  constraint resolved_link_pkey primary key (release_id, group_link_id)
);
create index resolved_link_group_link_id_index on resolved_link (group_link_id);
