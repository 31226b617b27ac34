-- Work given to a person lately, fading with the fairness window, as it stood at a moment.
alter table presence
    add column recent_work double precision not null default 0,
    add column recent_at timestamptz;
