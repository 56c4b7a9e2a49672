package io.promgres.query;

import io.promgres.http.Endpoint;
import io.promgres.http.Request;
import io.promgres.http.Response;
import io.promgres.model.LabelSet;
import io.promgres.model.ReadQuery.Matcher;
import io.promgres.remoteread.ReadScope;
import io.promgres.remoteread.SelectedSeries;
import io.promgres.tiers.SampleArrays;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * {@code /federate}: the newest sample of each selected series, no older than the lookback, in the text format that Prometheus
 * scrapes. The format has no words for native histograms; they are left out.
 */
public final class Federation implements Endpoint {

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final long STALE = 0x7ff0000000000002L;
    private static final int PIECE_CHARS = 1 << 16;
    private static final int BODY_LIMIT = 1 << 20;

    private final QueryDatabases databases;
    private final RunningCalls calls;
    private final Limits limits;
    private final ReadScope scope;
    private final Clock clock;

    public Federation(QueryDatabases databases, RunningCalls calls, Limits limits, ReadScope scope, Clock clock) {
        this.databases = databases;
        this.calls = calls;
        this.limits = limits;
        this.scope = scope;
        this.clock = clock;
    }

    /** A series and its newest sample. */
    private record Newest(LabelSet labels, long time, double value) {}

    @Override
    public int bodyLimit() {
        return BODY_LIMIT;
    }

    @Override
    public void handle(Request request, Consumer<Response> answer) {
        answer.accept(answerTo(request));
    }

    private Response answerTo(Request request) {
        try {
            SeriesQuestion question = SeriesQuestion.of(Parameters.of(request));
            Collection<Newest> newest = question.selectors().isEmpty()
                    ? List.of()
                    : newest(calls.run(
                            request,
                            limits.timeout(),
                            call -> databases.readEach(call, snapshot -> newest(snapshot, question.selectors()))));
            return Response.streamed(200, TEXT, body -> {
                StringBuilder text = new StringBuilder();
                String metric = "";
                for (Newest one : newest) {
                    if (!one.labels().metricName().equals(metric)) {
                        metric = one.labels().metricName();
                        text.append("# TYPE ")
                                .append(ExpositionText.name(metric))
                                .append(" untyped\n");
                    }
                    ExpositionText.write(one.labels(), one.value(), one.time(), text);
                    if (text.length() >= PIECE_CHARS) {
                        body.write(text.toString().getBytes(StandardCharsets.UTF_8));
                        text.setLength(0);
                    }
                }
                body.write(text.toString().getBytes(StandardCharsets.UTF_8));
            });
        } catch (QueryRefusedException e) {
            return Response.text(e.type().status(), e.getMessage());
        } catch (SQLException e) {
            return Response.text(ErrorType.UNAVAILABLE.status(), "the database does not answer: " + e.getMessage())
                    .retryAfter(1);
        }
    }

    /** The newest of each series in any database, metrics in order. */
    private static Collection<Newest> newest(List<List<Newest>> each) {
        Map<LabelSet, Newest> newest = new LinkedHashMap<>();
        each.forEach(share ->
                share.forEach(one -> newest.merge(one.labels(), one, (a, b) -> b.time() > a.time() ? b : a)));
        return newest.values().stream()
                .sorted(Comparator.comparing(one -> one.labels().metricName()))
                .toList();
    }

    private List<Newest> newest(QueryDatabase.Snapshot snapshot, List<List<Matcher>> selectors)
            throws SQLException, QueryRefusedException {
        Map<LabelSet, SelectedSeries> selected = new LinkedHashMap<>();
        long now = clock.millis();
        long from = now - limits.lookback().toMillis() + 1;
        for (List<Matcher> matchers : selectors) {
            snapshot.selectForSamples(matchers, scope, from, now)
                    .series()
                    .forEach(one -> selected.put(one.labels(), one));
        }
        QueryDatabase.Selected series = new QueryDatabase.Selected(List.copyOf(selected.values()), null);
        List<Newest> newest = new ArrayList<>();
        snapshot.read(series, from, now, (one, samples, histograms) -> {
            if (isLive(samples)) {
                int last = samples.size() - 1;
                newest.add(new Newest(one.labels(), samples.times()[last], samples.values()[last]));
            }
        });
        return newest;
    }

    private static boolean isLive(SampleArrays samples) {
        return samples.size() > 0 && Double.doubleToRawLongBits(samples.values()[samples.size() - 1]) != STALE;
    }
}
