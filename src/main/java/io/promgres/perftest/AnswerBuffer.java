package io.promgres.perftest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Rows on their way to a client, as one JSON value in memory. */
final class AnswerBuffer {

    private static final byte[] SEPARATOR = {',', '\n'};

    private final boolean single;
    private final int most;
    private final ByteArrayOutputStream json = new ByteArrayOutputStream();
    private long rows;

    /**
     * @param single whether it has to be one row, which is answered as an object
     * @param most bytes
     */
    AnswerBuffer(boolean single, int most) {
        this.single = single;
        this.most = most;
        if (!single) {
            json.write('[');
        }
    }

    /** @throws ApiException there is no room for it */
    void add(String row) throws ApiException {
        if (rows++ > 0) {
            json.writeBytes(SEPARATOR);
        }
        json.writeBytes(row.getBytes(StandardCharsets.UTF_8));
        if (json.size() > most) {
            throw new ApiException(
                    ApiException.Kind.TOO_LARGE,
                    new ApiError(
                            "54000",
                            "the rows that are asked for take more than " + most + " bytes",
                            null,
                            "Prefer: return=minimal, or ask for fewer rows."));
        }
    }

    /** Counts rows that are not answered. */
    void add(long more) {
        rows += more;
    }

    /**
     * @param answered whether rows are answered at all
     * @throws ApiException one row is wanted, and there are more or none
     */
    Inserted inserted(boolean answered) throws ApiException {
        if (!answered) {
            return new Inserted(rows, new byte[0]);
        }
        return new Inserted(rows, bytes());
    }

    /** @throws ApiException one row is wanted, and there are more or none */
    byte[] bytes() throws ApiException {
        if (!single) {
            json.write(']');
            return json.toByteArray();
        }
        requireOne(rows);
        return json.toByteArray();
    }

    /** @throws ApiException there are more rows, or none */
    static void requireOne(long rows) throws ApiException {
        if (rows != 1) {
            throw new ApiException(
                    ApiException.Kind.NOT_SINGULAR,
                    new ApiError(
                            "PGRST116",
                            "Cannot coerce the result to a single JSON object",
                            "The result contains " + rows + " rows",
                            null));
        }
    }
}
