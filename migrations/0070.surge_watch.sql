-- When the figures were looked at last, so that one process does it and not more often than it must.
create table surge_watch (
    looked_at timestamptz not null
);
create unique index surge_watch_one on surge_watch ((true));

-- By whom an announcement is made, as a name, and whether it is over before its end.
alter table announcement add column source text not null default '';
alter table announcement add column ended_at timestamptz;
create index announcement_source on announcement (source) where ended_at is null;

-- the plan that a simulated day was asked for, and what is to be made of the result
alter table simulation_run add column plan_id bigint references surge_plan;
alter table simulation_run add column is_rehearsal boolean not null default false;
alter table simulation_run add column note text not null default '';
