-- Search over everything: words of messages and notes, of tickets, of attachments.
-- Each vector holds, beside the words, marks that no text can hold (capitals): the blocks of its id on three levels
-- (A, B, C: 2^13, 2^17, 2^21 ids), so that the index itself can be asked for the newest part only, and the team (T7).

-- Of messages and notes. Whose ticket an entry is and who sees it is asked of the entry itself when it is shown.
create table entry_words (
    entry_id bigint primary key,
    ticket_id bigint not null,
    is_internal boolean not null,
    at timestamptz not null,
    words tsvector not null
);
-- A short pending list: every search reads it through.
create index entry_words_words on entry_words using gin (words) with (gin_pending_list_limit = 256);
create index entry_words_ticket on entry_words (ticket_id, entry_id desc);

-- Of an attachment's name and of what was read in it.
create table attachment_words (
    attachment_id bigint primary key,
    entry_id bigint not null,
    ticket_id bigint not null,
    is_internal boolean not null,
    at timestamptz not null,
    words tsvector not null
);
create index attachment_words_words on attachment_words using gin (words) with (gin_pending_list_limit = 256);
create index attachment_words_entry on attachment_words (entry_id);
create index attachment_words_ticket on attachment_words (ticket_id);

-- What was read in a file, once, whatever it hangs on.
create table file_text (
    file_id bigint primary key references file on delete cascade,
    state text not null default 'waiting' check (state in ('waiting', 'done', 'nothing', 'failed')),
    text text not null default '',
    attempts smallint not null default 0,
    claimed_at timestamptz,
    problem text
);
create index file_text_waiting on file_text (file_id) where state = 'waiting';

-- Words of tickets come from the same reader now; they are made anew with places and marks.
alter index ticket_words_words set (gin_pending_list_limit = 256);

-- How far words that an older version wrote, or nobody yet, were made anew: downwards from the newest.
create table search_fill (
    what text primary key check (what in ('entries', 'tickets', 'customers', 'attachments')),
    -- the version of the words that are there once it is done
    version int not null,
    -- ids from here on upwards are done; null: not begun
    down_to bigint,
    is_done boolean not null default false
);
insert into search_fill (what, version) values ('entries', 0), ('tickets', 0), ('customers', 0), ('attachments', 0);

create index attachment_ticket on attachment (ticket_id);
