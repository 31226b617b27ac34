-- Answers that left for a widget or a client and were not fetched yet: what goes on by mail after a while.
create index outbox_unfetched on outbox (channel_id, sent_at) where state = 'sent' and delivered_at is null;
