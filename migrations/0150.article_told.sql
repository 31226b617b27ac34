-- An article counts once in an answer, however often it is told; and people are told of reviews of articles.
delete from article_use u using article_use o
where u.entry_id is not null and o.entry_id = u.entry_id and o.article_id = u.article_id and o.id < u.id;
create unique index article_use_entry on article_use (entry_id, article_id) where entry_id is not null;

alter table notification add column article_id bigint references article on delete cascade;
create index notification_article on notification (article_id, person_id) where article_id is not null;
alter table notification drop constraint notification_about_check;
alter table notification add constraint notification_about_check
    check (num_nonnulls(ticket_id, side_id, release_id, task_id, notice_id, request_id, article_id) > 0);
