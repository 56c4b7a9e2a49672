package io.promgres.testing;

/** What is packed of one metric, as SQL. */
public final class Packed {

    private Packed() {}

    /** The table of packed samples with the condition that they are of a metric; more conditions may follow. */
    public static String of(String metric) {
        return "prom_data.packed b WHERE b.metric_id = (SELECT m.id FROM _prom_catalog.metric m WHERE m.metric_name = '"
                + metric + "')";
    }
}
