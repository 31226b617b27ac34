-- What customers see of promises: those of messages that they can read, with a moment, as far as they hold.

create view public_promise as
select p.id, p.entry_id, p.due_at, p.status = 'kept' as is_kept
from promise p join public_entry e on e.id = p.entry_id
where p.due_at is not null and p.status in ('open', 'kept', 'broken');
