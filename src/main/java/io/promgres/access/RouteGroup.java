package io.promgres.access;

/** Routes with a requirement of their own: who may use them is said for a group. */
public enum RouteGroup {
    /** Remote write. */
    WRITE("write"),
    /** Remote read and the status page. */
    READ("read"),
    /** Results of performance tests. */
    PERF_TEST("perf-test"),
    /** The daemon's own metrics. */
    METRICS("metrics"),
    /** What changes the daemon: /-/reload. */
    ADMIN("admin"),
    /** /-/healthy and /-/ready, which probes ask without a password. */
    HEALTH("health");

    private final String word;

    RouteGroup(String word) {
        this.word = word;
    }

    /** Its key in the web config file. */
    public String word() {
        return word;
    }
}
