-- Departments hear of what they are asked, in their language; a side conversation has a draft of its own.

alter table notification add column task_id bigint references task;
alter table notification drop constraint notification_about_check;
alter table notification add constraint notification_about_check
    check (num_nonnulls(ticket_id, side_id, release_id, task_id) > 0);
create index notification_task on notification (task_id, person_id) where task_id is not null;

-- A task that a process gives has its title in both languages; '' where somebody wrote it.
alter table task add column title_en text not null default '', add column title_zh text not null default '';

-- side-7: of the side conversation 7; side-0: of one that is not begun yet
alter table draft drop constraint draft_kind_check;
alter table draft add constraint draft_kind_check check (kind ~ '^(reply|note|forward|side-[0-9]{1,18})$');
