-- The reference of an event to its issue was looked up for each event: a seventh of what it takes to store one. The
-- statement that stores events locks each of their issues once instead, so that none can be deleted in between, and this
-- deletes the events of those that are deleted, as the reference did (ADR 0014).
-- Both tables at once and in the order of whoever stores events: statement by statement the migration would hold events
-- while it waits for a batch that has looked for its issues and is about to store events.
lock table group_, event in access exclusive mode;
create function delete_group_events() returns trigger language plpgsql as $$
begin
  delete from event where group_id in (select id from gone);
  return null;
end
$$;
create trigger group_events after delete on group_
  referencing old table as gone
  for each statement execute function delete_group_events();
alter table event drop constraint event_group_id_fkey;
