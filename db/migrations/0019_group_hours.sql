-- How many events an issue had in each hour: what lists and details draw, without reading the events themselves. Rows are
-- small and counted up in place, for which pages keep some room.
create table group_hour (
  group_id bigint not null constraint group_hour_group_id_fkey references group_ on delete cascade,
  hour timestamptz not null,
  count integer not null,
  constraint group_hour_pkey primary key (group_id, hour)
) with (fillfactor = 80);
create index group_hour_hour_index on group_hour (hour);

-- Nothing shows more than thirty days.
insert into group_hour (group_id, hour, count)
select group_id, date_trunc('hour', timestamp, 'UTC'), count(*)
  from event
 where timestamp >= now() - interval '31 days'
 group by 1, 2;
