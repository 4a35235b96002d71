-- So that what is old enough to be forgotten is found without looking through the rest.
CREATE INDEX idempotent_answers_by_time ON idempotent_answers (at);
