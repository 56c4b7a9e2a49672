package io.promgres.testing;

/** The labels of a series of a pod, as many as they usually are: nine beside the metric's name. */
public final class PodLabels {

    private PodLabels() {}

    /**
     * Names and values in turns, in the order of the names.
     *
     * @param series what tells the series of a metric apart
     */
    public static String[] of(String series) {
        return new String[] {
            "cluster", "c1",
            "container", "app",
            "endpoint", "http",
            "instance", "h1:9100",
            "job", "app",
            "namespace", "shop",
            "node", "n1",
            "pod", "app-1",
            "series", series
        };
    }
}
