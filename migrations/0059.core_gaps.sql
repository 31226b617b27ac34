-- What lists compare for equality, by team: a tag that is common on the desk may stand on no ticket of the teams that
-- a reader sees, and walking through all of theirs to find that out took seconds.

alter table ticket_facet
    -- the ticket's own team, kept by the triggers below
    add column team_id bigint;
update ticket_facet f set team_id = t.team_id from ticket t where t.id = f.ticket_id;
alter table ticket_facet alter column team_id set not null;

create function facets_in(team bigint, facets text[]) returns text[] language sql immutable parallel safe
    as $$ select array_agg(team || '/' || one) from unnest(facets) one $$;

-- An index beside the one on facets alone, which serves readers of many teams. It is written where tags, type or
-- chosen fields change, and where a ticket with any moves to another team.
create index ticket_facet_placed on ticket_facet using gin (facets_in(team_id, facets));

create function place_facets() returns trigger language plpgsql as $$
begin
    select team_id into new.team_id from ticket where id = new.ticket_id;
    return new;
end $$;
create trigger ticket_facet_place before insert on ticket_facet for each row execute function place_facets();

create function move_facets() returns trigger language plpgsql as $$
begin
    update ticket_facet set team_id = new.team_id where ticket_id = new.id;
    return null;
end $$;
create trigger ticket_move_facets after update of team_id on ticket
    for each row when (old.team_id is distinct from new.team_id) execute function move_facets();
