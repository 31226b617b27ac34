-- How customers ask for what an article says, a line each: found like its passages, and never shown as an answer.
alter table article_version add column questions text not null default '';
alter table passage add column is_question boolean not null default false;
