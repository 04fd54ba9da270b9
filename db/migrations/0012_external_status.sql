-- Trackers tell of their issues in any order, and again long after: older news than this is passed over.
alter table external_issue add column status_said_at timestamptz;

-- Trackers do not mind the letter case of names.
create index external_issue_lower_key_index on external_issue (organization_id, provider, lower(key));
