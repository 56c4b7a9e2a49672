package io.promgres.query;

import io.promgres.http.Endpoint;
import io.promgres.http.Request;
import io.promgres.model.LabelSet;
import io.promgres.remoteread.LabelOrder;
import io.promgres.remoteread.ReadScope;
import io.promgres.remoteread.SelectedSeries;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** What is asked about series without their samples: series, names and values of labels, metadata, the version. */
public final class CatalogApi {

    /** In front of a label's name in a path. */
    public static final String LABEL_PATH = "/api/v1/label/";

    private static final String VALUES = "/values";
    private static final String TRUNCATED = "results truncated due to limit";

    /** What stands in front of the hexadecimal form of a name that is no identifier. */
    private static final String ESCAPED = "U__";

    private final QueryDatabases databases;
    private final RunningCalls calls;
    private final Duration timeout;
    private final ReadScope scope;

    /** @param scope of all requests */
    public CatalogApi(QueryDatabases databases, RunningCalls calls, Duration timeout, ReadScope scope) {
        this.databases = databases;
        this.calls = calls;
        this.timeout = timeout;
        this.scope = scope;
    }

    /** {@code /api/v1/series}. */
    public Endpoint series() {
        return new ApiEndpoint(timeout, (parameters, request) -> {
            if (parameters.all("match[]").isEmpty()) {
                throw QueryRefusedException.badData("no match[] parameter provided");
            }
            SeriesQuestion question = SeriesQuestion.of(parameters);
            Optional<Integer> limit = parameters.limit();
            Collection<LabelSet> series =
                    merged(LabelOrder.INSTANCE, readEach(request, snapshot -> question.labels(snapshot, scope)));
            return limited(series, limit, CatalogApi::write);
        });
    }

    /** {@code /api/v1/labels}. */
    public Endpoint labels() {
        return new ApiEndpoint(timeout, (parameters, request) -> {
            SeriesQuestion question = SeriesQuestion.of(parameters);
            Optional<Integer> limit = parameters.limit();
            List<Collection<String>> names = readEach(
                    request,
                    snapshot -> isEverything(question)
                            ? new CatalogStore(snapshot.connection()).labelNames()
                            : names(question.labels(snapshot, scope)));
            return limited(merged(LabelOrder::compareText, names), limit, Json::string);
        });
    }

    /** {@code /api/v1/label/<name>/values}, for all paths below {@link #LABEL_PATH}. */
    public Endpoint labelValues() {
        return new ApiEndpoint(timeout, (parameters, request) -> {
            String name = labelName(request.head().path());
            SeriesQuestion question = SeriesQuestion.of(parameters);
            Optional<Integer> limit = parameters.limit();
            List<Collection<String>> values = readEach(
                    request,
                    snapshot -> isEverything(question)
                            ? new CatalogStore(snapshot.connection()).labelValues(name)
                            : values(question.labels(snapshot, scope), name));
            return limited(merged(LabelOrder::compareText, values), limit, Json::string);
        });
    }

    /** {@code /api/v1/metadata}. */
    public Endpoint metadata() {
        return new ApiEndpoint(timeout, (parameters, request) -> {
            Optional<Integer> limit = parameters.limit();
            String metric = parameters.first("metric");
            Collection<CatalogStore.Metadata> metadata = merged(
                    Comparator.comparing(CatalogStore.Metadata::metric, LabelOrder::compareText),
                    readEach(
                            request,
                            snapshot -> visible(new CatalogStore(snapshot.connection()).metadata(metric), snapshot)));
            long most = limit.map(Integer::longValue).orElse(Long.MAX_VALUE);
            return Answer.of(json -> {
                json.beginObject();
                for (CatalogStore.Metadata one : metadata.stream().limit(most).toList()) {
                    json.name(one.metric()).beginArray().beginObject();
                    json.name("type").string(one.type());
                    json.name("help").string(one.help());
                    json.name("unit").string(one.unit());
                    json.endObject().endArray();
                }
                json.endObject();
            });
        });
    }

    private boolean isEverything(SeriesQuestion question) {
        return question.selectors().isEmpty() && scope.tenant().isEmpty();
    }

    /** Metadata is not a tenant's: of it a tenant is shown what is about metrics of its own. */
    private List<CatalogStore.Metadata> visible(List<CatalogStore.Metadata> all, QueryDatabase.Snapshot snapshot)
            throws SQLException, QueryRefusedException {
        if (scope.tenant().isEmpty()) {
            return all;
        }
        Set<String> metrics = new HashSet<>();
        for (SelectedSeries one : snapshot.select(List.of(), scope)) {
            String name = one.labels().metricName();
            metrics.add(name);
            metrics.add(name.replaceFirst("_(bucket|count|sum)$", ""));
        }
        return all.stream().filter(one -> metrics.contains(one.metric())).toList();
    }

    private <T> List<T> readEach(Request request, QueryDatabase.Work<T> work)
            throws QueryRefusedException, SQLException {
        return calls.run(request, timeout, call -> databases.readEach(call, work));
    }

    /** What any database has, in order; of equals, that of the first. */
    private static <T> Collection<T> merged(Comparator<T> order, List<? extends Collection<T>> each) {
        if (each.size() == 1) {
            return each.get(0);
        }
        TreeSet<T> all = new TreeSet<>(order);
        each.forEach(all::addAll);
        return all;
    }

    private static Collection<String> names(List<LabelSet> series) {
        TreeSet<String> names = new TreeSet<>(LabelOrder::compareText);
        series.forEach(labels ->
                IntStream.range(0, labels.size()).mapToObj(labels::name).forEach(names::add));
        return names;
    }

    private static Collection<String> values(List<LabelSet> series, String name) {
        TreeSet<String> values = new TreeSet<>(LabelOrder::compareText);
        series.stream()
                .map(labels -> labels.value(name))
                .filter(value -> !value.isEmpty())
                .forEach(values::add);
        return values;
    }

    private static String labelName(String path) throws QueryRefusedException {
        if (!path.endsWith(VALUES) || path.length() <= LABEL_PATH.length() + VALUES.length()) {
            throw new QueryRefusedException(ErrorType.NOT_FOUND, "there is nothing at " + path);
        }
        String encoded = path.substring(LABEL_PATH.length(), path.length() - VALUES.length());
        try {
            // A plus sign in a path is a plus sign.
            String name = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (name.indexOf('\0') >= 0) {
                throw QueryRefusedException.badData("invalid label name: \"" + encoded + "\"");
            }
            return name.startsWith(ESCAPED)
                    ? EscapedName.decode(name.substring(ESCAPED.length())).orElse(name)
                    : name;
        } catch (IllegalArgumentException e) {
            throw QueryRefusedException.badData("invalid label name: \"" + encoded + "\"");
        }
    }

    /** Writes one of the results. */
    @FunctionalInterface
    private interface Writer<T> {
        void write(Json json, T one) throws IOException;
    }

    private static <T> Answer limited(Collection<T> all, Optional<Integer> limit, Writer<T> writer) {
        int most = limit.orElse(Integer.MAX_VALUE);
        Answer.Data data = json -> {
            json.beginArray();
            int written = 0;
            for (T one : all) {
                if (written++ == most) {
                    break;
                }
                writer.write(json, one);
            }
            json.endArray();
        };
        return new Answer(data, all.size() > most ? List.of(TRUNCATED) : List.of(), List.of());
    }

    static void write(Json json, LabelSet labels) throws IOException {
        json.beginObject();
        for (int i = 0; i < labels.size(); i++) {
            json.name(labels.name(i)).string(labels.value(i));
        }
        json.endObject();
    }
}
