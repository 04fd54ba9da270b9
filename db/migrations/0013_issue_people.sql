-- People and their issues: who looked at one, marked it, shared it, and how many had it. When events of a release came,
-- and from which platforms. What an issue is due for.

create table group_seen (
  group_id bigint not null constraint group_seen_group_id_fkey references group_ on delete cascade,
  user_id bigint not null constraint group_seen_user_id_fkey references app_user on delete cascade,
  last_seen timestamptz not null default now(),
  constraint group_seen_pkey primary key (group_id, user_id)
);
create index group_seen_user_id_index on group_seen (user_id);

create table group_bookmark (
  group_id bigint not null constraint group_bookmark_group_id_fkey references group_ on delete cascade,
  user_id bigint not null constraint group_bookmark_user_id_fkey references app_user on delete cascade,
  date_added timestamptz not null default now(),
  constraint group_bookmark_pkey primary key (group_id, user_id)
);
create index group_bookmark_user_id_index on group_bookmark (user_id);

create table group_share (
  group_id bigint constraint group_share_pkey primary key
    constraint group_share_group_id_fkey references group_ on delete cascade,
  uuid uuid not null default gen_random_uuid() constraint group_share_uuid_key unique,
  user_id bigint constraint group_share_user_id_fkey references app_user on delete set null,
  date_added timestamptz not null default now()
);
create index group_share_user_id_index on group_share (user_id);

-- The people of the events of a group, each once; group_.user_count says how many. The hash tells them apart and says
-- nothing about them. With the project, so that its deletion takes them in chunks.
create table group_user (
  group_id bigint not null constraint group_user_group_id_fkey references group_ on delete cascade,
  user_hash bigint not null,
  project_id bigint not null,
  constraint group_user_pkey primary key (group_id, user_hash)
);
create index group_user_project_id_index on group_user (project_id);
alter table group_ add column user_count bigint not null default 0;

-- Deploys make these rows too, so the dates of events are apart from those of the row.
alter table release_project_environment add column first_event timestamptz, add column last_event timestamptz;
update release_project_environment link set first_event = link.first_seen, last_event = link.last_seen
 where exists (
         select from group_release seen join group_ on group_.id = seen.group_id
          where (seen.release_id, seen.environment_id) = (link.release_id, link.environment_id)
            and group_.project_id = link.project_id);

-- From which platforms a project has had issues.
create table project_platform (
  project_id bigint not null constraint project_platform_project_id_fkey references project on delete cascade,
  platform text not null,
  date_added timestamptz not null default now(),
  constraint project_platform_pkey primary key (project_id, platform)
);
insert into project_platform (project_id, platform)
select distinct project_id, platform from group_ where platform is not null;

-- What the schedules look for.
create index group_snooze_until_index on group_snooze (until) where until is not null;
create index group_deletion_index on group_ (id) where status in ('pending_deletion', 'deletion_in_progress');
create index project_option_resolve_age_index on project_option (project_id) where key = 'sentry:resolve_age';
-- Events end by project and time, for which there is an index; nothing asks when they were received.
drop index event_date_received_index;
