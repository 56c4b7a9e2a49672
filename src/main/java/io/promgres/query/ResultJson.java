package io.promgres.query;

import io.promgres.promql.data.Bucket;
import io.promgres.promql.data.FloatHistogram;
import io.promgres.promql.data.Labels;
import io.promgres.promql.engine.QueryResult;
import java.io.IOException;

/** Results as they stand in answers. */
public final class ResultJson {

    private ResultJson() {}

    /**
     * @param time of an instant query, milliseconds since the epoch
     * @param samplesRead for the statistics; negative if they are not wanted
     */
    public static void write(Json json, QueryResult result, long time, long samplesRead) throws IOException {
        json.beginObject();
        switch (result.type()) {
            case SCALAR -> {
                json.name("resultType").string("scalar").name("result");
                point(json, time, result.series().get(0).values()[0]);
            }
            case STRING -> {
                json.name("resultType").string("string").name("result");
                json.beginArray().time(time).string(result.text()).endArray();
            }
            case VECTOR -> vector(json, result);
            case MATRIX -> matrix(json, result);
        }
        if (samplesRead >= 0) {
            json.name("stats").beginObject().name("samples").beginObject();
            json.name("totalQueryableSamples").number(samplesRead);
            json.name("peakSamples").number(samplesRead);
            json.endObject().endObject();
        }
        json.endObject();
    }

    private static void vector(Json json, QueryResult result) throws IOException {
        json.name("resultType").string("vector").name("result").beginArray();
        for (QueryResult.Points series : result.series()) {
            json.beginObject().name("metric");
            labels(json, series.labels());
            FloatHistogram histogram = series.histogram(0);
            json.name(histogram == null ? "value" : "histogram");
            point(json, series, 0);
            json.endObject();
        }
        json.endArray();
    }

    private static void matrix(Json json, QueryResult result) throws IOException {
        json.name("resultType").string("matrix").name("result").beginArray();
        for (QueryResult.Points series : result.series()) {
            json.beginObject().name("metric");
            labels(json, series.labels());
            points(json, series, false);
            points(json, series, true);
            json.endObject();
        }
        json.endArray();
    }

    private static void points(Json json, QueryResult.Points series, boolean histograms) throws IOException {
        boolean begun = false;
        for (int i = 0; i < series.size(); i++) {
            if ((series.histogram(i) != null) == histograms) {
                if (!begun) {
                    json.name(histograms ? "histograms" : "values").beginArray();
                    begun = true;
                }
                point(json, series, i);
            }
        }
        if (begun) {
            json.endArray();
        }
    }

    private static void point(Json json, QueryResult.Points series, int i) throws IOException {
        FloatHistogram histogram = series.histogram(i);
        if (histogram == null) {
            point(json, series.times()[i], series.values()[i]);
        } else {
            json.beginArray().time(series.times()[i]);
            histogram(json, histogram);
            json.endArray();
        }
    }

    static void histogram(Json json, FloatHistogram histogram) throws IOException {
        json.beginObject().name("count").value(histogram.count).name("sum").value(histogram.sum);
        boolean begun = false;
        for (Bucket bucket : histogram.all()) {
            if (bucket.count() != 0) {
                if (!begun) {
                    json.name("buckets").beginArray();
                    begun = true;
                }
                json.beginArray().number(boundaries(bucket));
                json.value(bucket.lower())
                        .value(bucket.upper())
                        .value(bucket.count())
                        .endArray();
            }
        }
        if (begun) {
            json.endArray();
        }
        json.endObject();
    }

    /** Which bounds belong to a bucket: 0 the upper, 1 the lower, 2 none, 3 both. */
    private static int boundaries(Bucket bucket) {
        if (bucket.lowerInclusive()) {
            return bucket.upperInclusive() ? 3 : 1;
        }
        return bucket.upperInclusive() ? 0 : 2;
    }

    private static void point(Json json, long time, double value) throws IOException {
        json.beginArray().time(time).value(value).endArray();
    }

    private static void labels(Json json, Labels labels) throws IOException {
        json.beginObject();
        for (int i = 0; i < labels.size(); i++) {
            json.name(labels.name(i)).string(labels.value(i));
        }
        json.endObject();
    }
}
