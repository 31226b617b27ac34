-- When a reserve agent was called by mail, too; null: not yet.
alter table surge_call add column mailed_at timestamptz;
