-- Webhooks: since when a receiver fails, when it was paused for that, and the ways to its queue.

alter table webhook add column failing_since timestamptz;
alter table webhook add column paused_at timestamptz;

drop index webhook_delivery_due;
create index webhook_delivery_queue on webhook_delivery (webhook_id, not_before, id) where state = 'queued';
create index webhook_delivery_sending on webhook_delivery (claimed_at) where state = 'sending';
create index webhook_delivery_done on webhook_delivery (done_at) where done_at is not null;
