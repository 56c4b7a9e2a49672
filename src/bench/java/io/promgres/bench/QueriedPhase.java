package io.promgres.bench;

import java.util.List;
import java.util.Map;

/**
 * What was asked of one form of the data.
 *
 * @param atRest milliseconds of each query, by its name, while nothing comes in
 * @param busy the same while samples come in
 * @param rate samples a second that came in meanwhile
 * @param p50 of the requests that brought them, milliseconds; 0 for rows, which nobody requests
 * @param p99 of the requests, milliseconds
 */
record QueriedPhase(
        Map<String, List<Double>> atRest, Map<String, List<Double>> busy, double rate, double p50, double p99) {

    static double median(List<Double> millis) {
        return quantile(millis, 0.5);
    }

    static double longest(List<Double> millis) {
        return quantile(millis, 1);
    }

    private static double quantile(List<Double> millis, double share) {
        return Quantiles.of(millis.stream().mapToDouble(Double::doubleValue).toArray(), share);
    }
}
