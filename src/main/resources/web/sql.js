// The SQL to begin with, for a metric.

const COUNTER = /_(total|count|sum|bucket)$/;

/** Statements for a metric's view, each with a title; the name of the view is quoted already. */
export function statements(name, view) {
  const latest = {
    title: 'The latest samples',
    sql: `SELECT time, value, prom_api.jsonb(labels) AS labels
FROM ${view}
WHERE time > now() - interval '5 minutes'
ORDER BY time DESC
LIMIT 100;`,
  };
  const rate = {
    title: 'The rate of each series, per second',
    sql: `SELECT prom_api.jsonb(labels) AS labels, prom_api.rate(time, value) AS per_second
FROM ${view}
WHERE time > now() - interval '5 minutes'
GROUP BY series_id, labels
ORDER BY per_second DESC NULLS LAST
LIMIT 100;`,
  };
  const buckets = {
    title: 'Over six hours, in steps of five minutes',
    sql: `SELECT date_bin('5 minutes', time, 'epoch') AS bucket,
       prom_api.min_numbers(value) AS min, prom_api.avg_numbers(value) AS avg, prom_api.max_numbers(value) AS max
FROM ${view}
WHERE time > now() - interval '6 hours'
GROUP BY bucket
ORDER BY bucket;`,
  };
  return [latest, COUNTER.test(name) ? rate : buckets];
}
