package io.promgres.model;

/** How many samples, histograms and exemplars. */
public record Counts(int samples, int histograms, int exemplars) {

    public static final Counts NONE = new Counts(0, 0, 0);

    public Counts plus(Counts other) {
        return new Counts(samples + other.samples, histograms + other.histograms, exemplars + other.exemplars);
    }

    public Counts minus(Counts other) {
        return new Counts(samples - other.samples, histograms - other.histograms, exemplars - other.exemplars);
    }

    public int total() {
        return samples + histograms + exemplars;
    }
}
