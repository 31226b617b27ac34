-- Views that cost a page, not what the whole desk holds: one's own sleeping tickets, a team's, mentions by ticket.
create index ticket_snoozed_mine on ticket (assignee_id, snoozed_until, id) where snoozed_until is not null;
create index ticket_snoozed_team on ticket (team_id, snoozed_until, id)
    where snoozed_until is not null and assignee_id is null;
create index mention_ticket on mention (person_id, ticket_id, entry_id);
