package io.promgres.query;

import io.promgres.promql.Labels;
import io.promgres.promql.Result;
import java.io.IOException;

/** Results as they stand in answers. */
final class ResultJson {

    private ResultJson() {}

    /** @param time of an instant query, milliseconds since the epoch */
    static void write(Json json, Result result, long time, boolean stats) throws IOException {
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
        if (stats) {
            json.name("stats").beginObject().name("samples").beginObject();
            json.name("totalQueryableSamples").number(result.samplesRead());
            json.name("peakSamples").number(result.samplesRead());
            json.endObject().endObject();
        }
        json.endObject();
    }

    private static void vector(Json json, Result result) throws IOException {
        json.name("resultType").string("vector").name("result").beginArray();
        for (Result.Points series : result.series()) {
            json.beginObject().name("metric");
            labels(json, series.labels());
            json.name("value");
            point(json, series.times()[0], series.values()[0]);
            json.endObject();
        }
        json.endArray();
    }

    private static void matrix(Json json, Result result) throws IOException {
        json.name("resultType").string("matrix").name("result").beginArray();
        for (Result.Points series : result.series()) {
            json.beginObject().name("metric");
            labels(json, series.labels());
            json.name("values").beginArray();
            for (int i = 0; i < series.times().length; i++) {
                point(json, series.times()[i], series.values()[i]);
            }
            json.endArray().endObject();
        }
        json.endArray();
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
