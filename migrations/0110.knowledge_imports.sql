-- Imports go article by article, so that a long one shows how far it is, and each remembers what it wrote.
alter table knowledge_import drop constraint knowledge_import_state_check;
alter table knowledge_import add check (state in ('preview', 'running', 'done', 'undone'));
-- the draft that was written; is_new: the article was made for it
alter table knowledge_import_item add column version_id bigint references article_version on delete set null;
alter table knowledge_import_item add column is_new boolean not null default false;
alter table knowledge_import_item add column made_at timestamptz;
create index knowledge_import_item_version on knowledge_import_item (version_id);
