-- What a rehearsal was played against, in both languages: a record is read in the reader's.
alter table surge_rehearsal rename column scenario to scenario_en;
alter table surge_rehearsal add column scenario_zh text not null default '';
