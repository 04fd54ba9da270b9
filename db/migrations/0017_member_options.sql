-- What members may do is cached with their organization (ADR 0010), and two of its options decide it.

create function notify_member_option() returns trigger language plpgsql as $$
begin
  if coalesce(new.key, old.key) in ('sentry:events_member_admin', 'sentry:alerts_member_write') then
    perform pg_notify('slipway_change', 'organization:' || coalesce(new.organization_id, old.organization_id));
  end if;
  return null;
end $$;
create trigger organization_option_change after insert or update or delete
  on organization_option for each row execute function notify_member_option();
