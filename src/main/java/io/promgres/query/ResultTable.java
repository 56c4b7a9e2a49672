package io.promgres.query;

import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.engine.QueryResult;
import io.promgres.promql.syntax.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A result as rows: the time of a point, its value, and a column for each label that a series has. */
public final class ResultTable {

    private ResultTable() {}

    /**
     * The first row has the names of the columns. A label that a series lacks is empty; a native histogram is its JSON.
     *
     * @param time of an instant query, milliseconds since the epoch
     */
    public static List<List<String>> rows(QueryResult result, long time) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (QueryResult.Points series : result.series()) {
            for (int i = 0; i < series.labels().size(); i++) {
                names.add(series.labels().name(i));
            }
        }
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("time", "value"));
        head.addAll(names);
        rows.add(head);
        if (result.type() == ValueType.STRING) {
            rows.add(List.of(Instant.ofEpochMilli(time).toString(), result.text()));
        }
        for (QueryResult.Points series : result.series()) {
            for (int i = 0; i < series.size(); i++) {
                rows.add(row(series, i, names));
            }
        }
        return rows;
    }

    private static List<String> row(QueryResult.Points series, int i, Iterable<String> names) throws IOException {
        List<String> row = new ArrayList<>();
        row.add(Instant.ofEpochMilli(series.times()[i]).toString());
        FloatHistogram histogram = series.histogram(i);
        row.add(histogram == null ? GoNumber.json(series.values()[i]) : text(histogram));
        for (String name : names) {
            row.add(series.labels().get(name));
        }
        return row;
    }

    private static String text(FloatHistogram histogram) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Json json = new Json(bytes);
        ResultJson.histogram(json, histogram);
        json.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
