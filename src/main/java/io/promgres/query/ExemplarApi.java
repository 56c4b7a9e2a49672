package io.promgres.query;

import io.promgres.http.Endpoint;
import io.promgres.model.LabelSet;
import io.promgres.promql.syntax.Expr.VectorSelector;
import io.promgres.promql.syntax.ParserOptions;
import io.promgres.promql.syntax.SelectorList;
import io.promgres.remoteread.LabelOrder;
import io.promgres.remoteread.ReadScope;
import io.promgres.remoteread.SelectedSeries;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@code /api/v1/query_exemplars}: the exemplars of the series that an expression selects, whatever it makes of them. */
public final class ExemplarApi {

    private final QueryDatabases databases;
    private final RunningCalls calls;
    private final Duration timeout;
    private final ParserOptions options;
    private final ReadScope scope;

    public ExemplarApi(
            QueryDatabases databases, RunningCalls calls, Duration timeout, ParserOptions options, ReadScope scope) {
        this.databases = databases;
        this.calls = calls;
        this.timeout = timeout;
        this.options = options;
        this.scope = scope;
    }

    /** A series that has exemplars in the range. */
    private record Exemplified(LabelSet series, List<ExemplarStore.Exemplar> exemplars) {

        /** With those of the same series in another database. */
        Exemplified and(Exemplified other) {
            return new Exemplified(
                    series,
                    Stream.concat(exemplars.stream(), other.exemplars.stream())
                            .sorted(Comparator.comparingLong(ExemplarStore.Exemplar::time))
                            .distinct()
                            .toList());
        }
    }

    public Endpoint endpoint() {
        return new ApiEndpoint(timeout, (parameters, request) -> {
            long from = parameters.neededTime("start");
            long to = parameters.neededTime("end");
            if (to < from) {
                throw QueryRefusedException.badData("end timestamp must not be before start timestamp");
            }
            List<VectorSelector> selectors = SelectorList.of(ExpressionApi.parse(parameters, options));
            List<List<Exemplified>> each = calls.run(
                    request,
                    timeout,
                    call -> databases.readEach(call, snapshot -> exemplars(snapshot, selectors, from, to)));
            Map<LabelSet, Exemplified> found = new TreeMap<>(LabelOrder.INSTANCE);
            each.forEach(share -> share.forEach(one -> found.merge(one.series(), one, Exemplified::and)));
            return Answer.of(json -> write(json, found.values()));
        });
    }

    private List<Exemplified> exemplars(
            QueryDatabase.Snapshot snapshot, List<VectorSelector> selectors, long from, long to)
            throws SQLException, QueryRefusedException {
        Map<Long, SelectedSeries> series = new LinkedHashMap<>();
        for (VectorSelector selector : selectors) {
            snapshot.select(
                            selector.matchers().stream()
                                    .map(StoredSampleSource::matcher)
                                    .toList(),
                            scope)
                    .forEach(one -> series.put(one.id(), one));
        }
        Map<Long, List<ExemplarStore.Exemplar>> exemplars =
                new ExemplarStore(snapshot.connection()).read(series.keySet(), from, to);
        List<Exemplified> found = new ArrayList<>();
        exemplars.forEach(
                (id, ofSeries) -> found.add(new Exemplified(series.get(id).labels(), ofSeries)));
        return found;
    }

    private static void write(Json json, Collection<Exemplified> found) throws IOException {
        json.beginArray();
        for (Exemplified one : found) {
            json.beginObject().name("seriesLabels");
            CatalogApi.write(json, one.series());
            json.name("exemplars").beginArray();
            for (ExemplarStore.Exemplar exemplar : one.exemplars()) {
                json.beginObject().name("labels").beginObject();
                for (int i = 0; i < exemplar.labels().length; i += 2) {
                    json.name(exemplar.labels()[i]).string(exemplar.labels()[i + 1]);
                }
                json.endObject().name("value").value(exemplar.value());
                json.name("timestamp").time(exemplar.time()).endObject();
            }
            json.endArray().endObject();
        }
        json.endArray();
    }
}
