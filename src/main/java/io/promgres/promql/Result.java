package io.promgres.promql;

import java.util.List;

/**
 * What an expression gives.
 *
 * @param type of SCALAR: one series without labels; of STRING: none
 * @param text of STRING
 * @param series of VECTOR and SCALAR with one point each
 * @param samplesRead from the source
 */
public record Result(
        ValueType type, String text, List<Points> series, List<String> warnings, List<String> infos, long samplesRead) {

    /**
     * A series.
     *
     * @param times milliseconds since the epoch, ascending
     */
    public record Points(Labels labels, long[] times, double[] values) {}
}
