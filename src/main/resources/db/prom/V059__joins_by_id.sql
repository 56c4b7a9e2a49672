-- The views of metrics join what is packed with its series by the id alone. They are made anew.
UPDATE _prom_catalog.metric SET views_positions = 0;
