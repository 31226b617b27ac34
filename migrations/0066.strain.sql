-- Strain: what the last hours asked of agents who want it watched. Nobody else has a row.

-- What a team has agreed on; without a row the defaults hold.
create table strain_policy (
    team_id bigint primary key references team,
    -- above this load an agent gets less hard work
    bound smallint not null default 60 check (bound between 20 and 100),
    -- the largest part of hard work among the next pieces, above the bound
    hard_percent smallint not null default 25 check (hard_percent between 0 and 100),
    -- whom the team wants to know: nobody but the agent, or the supervisors too, above the bound
    tells text not null default 'nobody' check (tells in ('nobody', 'supervisors'))
);

create table strain_share (
    person_id bigint primary key references person,
    since timestamptz not null,
    load real not null default 0,
    -- what it is made of, each with its count and points
    parts jsonb not null default '[]',
    computed_at timestamptz not null,
    is_high boolean not null default false,
    high_since timestamptz,
    -- the largest part of hard work that routing may give them now; 1: as it comes
    hard_share real not null default 1 check (hard_share between 0 and 1),
    -- a break was proposed and not answered, or "not now" was said
    break_proposed_at timestamptz,
    break_answer text check (break_answer in ('taken', 'not_now')),
    break_answered_at timestamptz
);
