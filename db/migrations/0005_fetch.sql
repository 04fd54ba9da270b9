-- Where ranges start by environment, and what keeps webhooks and fetches bounded.

-- The start of a range may also be what ran in an environment before.
alter table release_sync drop constraint release_sync_base_source_check;
alter table release_sync add constraint release_sync_base_source_check
  check (base_source in ('client', 'previous_release', 'environment', 'operator', 'none'));

-- What was deployed to an environment, the newest first.
create index deploy_environment_id_index on deploy (environment_id, id desc);

-- Deliveries are forgotten in the order they came.
create index hook_delivery_date_added_index on hook_delivery (organization_id, date_added);

-- Push webhooks name repositories by the host's id or by one of their addresses.
create index repository_organization_id_external_id_index on repository (organization_id, external_id)
  where status = 'active' and external_id is not null;
create index repository_organization_id_url_index on repository (organization_id, lower(url))
  where status = 'active' and url is not null;
