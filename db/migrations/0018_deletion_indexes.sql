-- Where a row goes, Postgres looks for those that refer to it, and a deletion for those that belong to an organization:
-- without an index for each of these columns, every row that goes would read a whole table.

create index deploy_organization_id_index on deploy (organization_id);
create index org_auth_token_project_last_used_id_index on org_auth_token (project_last_used_id)
  where project_last_used_id is not null;
create index release_last_deploy_id_index on release (last_deploy_id) where last_deploy_id is not null;
create index release_environment_environment_id_index on release_environment (environment_id);
create index release_head_commit_repository_id_index on release_head_commit (repository_id);
create index release_project_environment_environment_id_index on release_project_environment (environment_id);
create index release_sync_range_id_index on release_sync (range_id) where range_id is not null;
