-- The tables of packed samples are small for what is in them: make_packed_table() tells the planner that they are worth several
-- processes, also of those that there are, when their views are made anew.
UPDATE _prom_catalog.metric SET views_positions = 0;
