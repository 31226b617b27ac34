-- Somebody whose screen fell silent keeps the state they chose, and has it again when they come back.
alter table presence add column is_silent boolean not null default false;
