-- Words of tickets are written by one reader of the log only: who sees a ticket is asked of the ticket itself.
alter table ticket_words drop column team_id;

-- Words of organisations are made anew like the others when an update cuts words in another way.
alter table search_fill drop constraint search_fill_what_check;
alter table search_fill add constraint search_fill_what_check
    check (what in ('entries', 'tickets', 'customers', 'attachments', 'organisations'));
insert into search_fill (what, version) values ('organisations', 0);
