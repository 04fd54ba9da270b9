-- Teams and projects have pictures as well.

alter table avatar
  add column team_id bigint constraint avatar_team_id_fkey references team on delete cascade
    constraint avatar_team_id_key unique,
  add column project_id bigint constraint avatar_project_id_fkey references project on delete cascade
    constraint avatar_project_id_key unique,
  drop constraint avatar_owner_check,
  add constraint avatar_owner_check check (num_nonnulls(organization_id, user_id, team_id, project_id) = 1);
