-- Rows that processes keep in a cache say when they change (ADR 0010). Postgres tells it after the commit and to everybody
-- who listens, so that no statement, no tool and no person can forget to. Columns that change with use, such as the last
-- use of a token, are not listed: they are not in the cache, and every notification costs a lock at commit.

create function notify_change() returns trigger language plpgsql as $$
begin
  -- The argument is the model with the kind of its ids.
  perform pg_notify('slipway_change', tg_argv[0] || old.id);
  return null;
end $$;

create trigger organization_change after delete or update of slug, name, status, open_membership
  on organization for each row execute function notify_change('organization:');
create trigger project_change after delete or update of organization_id, slug, name, platform, status
  on project for each row execute function notify_change('project:');
create trigger environment_change after delete or update of organization_id, name
  on environment for each row execute function notify_change('environment:');
create trigger api_token_change after delete or update of user_id, token_hash, scopes, expires_at
  on api_token for each row execute function notify_change('token:u');
create trigger org_auth_token_change
  after delete or update of organization_id, token_hash, scopes, expires_at, date_deactivated
  on org_auth_token for each row execute function notify_change('token:o');

-- A token is kept together with its user and what they are where; the tokens of a deleted user say it themselves.
create function notify_tokens_of_user() returns trigger language plpgsql as $$
begin
  perform pg_notify('slipway_change', 'token:u' || id) from api_token where user_id = old.id;
  return null;
end $$;
create trigger app_user_change after update of username, name, is_active
  on app_user for each row execute function notify_tokens_of_user();

create function notify_tokens_of_user_row() returns trigger language plpgsql as $$
begin
  perform pg_notify('slipway_change', 'token:u' || id)
     from api_token where user_id in (old.user_id, new.user_id);
  return null;
end $$;
create trigger user_email_change after insert or delete or update
  on user_email for each row execute function notify_tokens_of_user_row();
create trigger member_change after insert or delete or update of organization_id, user_id, role
  on member for each row execute function notify_tokens_of_user_row();

-- Which projects somebody may use hangs on members, teams and projects of one organization.
create function notify_access() returns trigger language plpgsql as $$
begin
  perform pg_notify('slipway_change',
    'access:' || case tg_op when 'DELETE' then old.organization_id else new.organization_id end);
  return null;
end $$;
create trigger member_access after delete or update of organization_id, user_id, role
  on member for each row execute function notify_access();
create trigger project_access after insert or delete or update of organization_id, slug, status
  on project for each row execute function notify_access();

-- When the project or the team goes too, there is nothing to look at any more: the project, and the teams that it had
-- or the people on the team, say it themselves.
create function notify_access_of_project_team() returns trigger language plpgsql as $$
begin
  perform pg_notify('slipway_change', 'access:' || organization_id)
     from project where id = case tg_op when 'DELETE' then old.project_id else new.project_id end;
  return null;
end $$;
create trigger project_team_access after insert or delete
  on project_team for each row execute function notify_access_of_project_team();

create function notify_access_of_team_member() returns trigger language plpgsql as $$
begin
  perform pg_notify('slipway_change', 'access:' || organization_id)
     from member where id = case tg_op when 'DELETE' then old.member_id else new.member_id end;
  return null;
end $$;
create trigger team_member_access after insert or delete
  on team_member for each row execute function notify_access_of_team_member();
