-- Automatic answers that have left: one at most for each ticket, and few a day for each sender and each address.
create table automatic_answer (
    ticket_id bigint primary key references ticket,
    entry_id bigint not null references entry,
    customer_id bigint not null references customer,
    -- where it went, in lower case
    address text not null,
    at timestamptz not null
);
create index automatic_answer_address on automatic_answer (address, at);
create index automatic_answer_customer on automatic_answer (customer_id, at);
