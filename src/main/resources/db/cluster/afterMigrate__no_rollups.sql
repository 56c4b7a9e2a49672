-- Samples are not rolled up where they are distributed: there are no resolutions.
DELETE FROM _prom_catalog.rollup;
