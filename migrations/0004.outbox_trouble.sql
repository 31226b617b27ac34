-- What needs a person's eye is counted by the doctor and the measures without reading all that was ever sent.

create index outbox_trouble on outbox (state, created_at) where state in ('unconfirmed', 'failed');
