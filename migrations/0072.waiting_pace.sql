-- Where somebody stood at first: how fast a queue moves is measured by the places that people came forward.
alter table wait_estimate add column first_position int not null default 1 check (first_position > 0);
create index wait_estimate_recent on wait_estimate (team_id, waits_since) where ended_at is null;
