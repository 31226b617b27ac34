-- Messages of customers that are hard to read, by a list of words: only those that hold some have a row.
create table strain_mark (
    entry_id bigint primary key,
    ticket_id bigint not null,
    at timestamptz not null,
    anger smallint not null default 0,
    abuse smallint not null default 0
);
create index strain_mark_ticket on strain_mark (ticket_id, at);
create index strain_mark_at on strain_mark (at);

-- Whom an agent has agreed that their team tells; where the team wants more by now, nobody is told.
alter table strain_share add column agreed_to text not null default 'nobody'
    check (agreed_to in ('nobody', 'supervisors'));
