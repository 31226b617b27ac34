-- The service level of today asks for the first answers that were awaited since the morning.
create index clock_first_started on clock (started_at) where metric = 'first_response';
