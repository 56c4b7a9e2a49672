package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Filters against what Java makes of the same label sets: random ones with gaps, in two metrics that got their label names
 * in different orders.
 */
class MatchersIT {

    private static final long NOW = System.currentTimeMillis();
    private static final List<String> KEYS = List.of("a", "b", "c", "ключ");
    private static final List<String> VALUES = List.of("x", "y", "xy", "500", "значение", "%_'\\");
    private static final List<String> PATTERNS = List.of("x", "^x$", "y|5", "^$", "нач", "[0-9]+", "x.");
    private static final Random RANDOM = new Random(4);

    private static TestDatabase database;
    private static RunningDaemon db;
    private static Connection connection;
    private static final Map<String, List<TreeMap<String, String>>> SERIES = new HashMap<>();

    @BeforeAll
    static void fill() throws Exception {
        database = TestDatabase.migrated();
        db = RunningDaemon.on(database);
        connection = db.connect();
        for (String metric : List.of("one", "two")) {
            Set<TreeMap<String, String>> sets = new LinkedHashSet<>();
            for (int i = 0; i < 120; i++) {
                sets.add(labels(0.5));
            }
            List<TestSample> samples = new ArrayList<>();
            for (TreeMap<String, String> labels : sets) {
                TreeMap<String, String> all = new TreeMap<>(labels);
                all.put("__name__", metric);
                // One request for each: the order of label names differs.
                db.send(new TestSample(all, NOW, Double.doubleToRawLongBits(1)));
            }
            SERIES.put(metric, new ArrayList<>(sets));
        }
        db.awaitViews();
        db.execute("ANALYZE");
    }

    @AfterAll
    static void close() throws Exception {
        connection.close();
        db.close();
        database.close();
    }

    private static TreeMap<String, String> labels(double density) {
        TreeMap<String, String> labels = new TreeMap<>();
        for (String key : KEYS) {
            if (RANDOM.nextDouble() < density) {
                labels.put(key, any(VALUES));
            }
        }
        return labels;
    }

    private static <T> T any(List<T> list) {
        return list.get(RANDOM.nextInt(list.size()));
    }

    private static Set<String> expected(String metric, Predicate<TreeMap<String, String>> filter) {
        Set<String> expected = new TreeSet<>();
        SERIES.get(metric).stream().filter(filter).forEach(labels -> expected.add(labels.toString()));
        return expected;
    }

    /** The label sets that a condition leaves, in the series view and in the metric view, which have to agree. */
    private static Set<String> actual(String metric, String condition, String... parameters) throws SQLException {
        Set<String> series = actualOf("prom_series." + metric, condition, parameters);
        assertThat(actualOf("prom_metric." + metric, condition, parameters)).isEqualTo(series);
        return series;
    }

    private static Set<String> actualOf(String view, String condition, String... parameters) throws SQLException {
        String sql =
                "SELECT (SELECT array_agg(k || '=' || v ORDER BY k COLLATE \"C\") FROM jsonb_each_text(jsonb(labels)) j(k, v)"
                        + " WHERE k <> '__name__') FROM " + view + " WHERE " + condition;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            Set<String> found = new TreeSet<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String[] pairs = rows.getArray(1) == null
                            ? new String[0]
                            : (String[]) rows.getArray(1).getArray();
                    found.add("{" + String.join(", ", pairs) + "}");
                }
            }
            return found;
        }
    }

    @Test
    void equalMeansThatTheLabelIsThereWithTheValue() throws Exception {
        for (int i = 0; i < 25; i++) {
            String key = any(KEYS);
            String value = any(VALUES);
            assertThat(actual("one", "labels ?? (? == ?)", key, value))
                    .isEqualTo(expected("one", labels -> value.equals(labels.get(key))));
        }
    }

    @Test
    void notEqualMeansThatTheLabelIsAbsentOrHasAnotherValue() throws Exception {
        for (int i = 0; i < 25; i++) {
            String key = any(KEYS);
            String value = any(VALUES);
            assertThat(actual("two", "labels ?? (? !== ?)", key, value))
                    .isEqualTo(expected("two", labels -> !value.equals(labels.get(key))));
        }
    }

    @Test
    void regularExpressionsAreNotAnchored() throws Exception {
        for (int i = 0; i < 25; i++) {
            String key = any(KEYS);
            String pattern = any(PATTERNS);
            Predicate<TreeMap<String, String>> matches = labels -> labels.containsKey(key)
                    && Pattern.compile(pattern).matcher(labels.get(key)).find();
            assertThat(actual("one", "labels ?? (? ==~ ?)", key, pattern)).isEqualTo(expected("one", matches));
            assertThat(actual("two", "labels ?? (? !=~ ?)", key, pattern)).isEqualTo(expected("two", matches.negate()));
        }
    }

    @Test
    void literalsAreTheSameAsParameters() throws Exception {
        assertThat(actual("one", "labels ?? ('a' == 'x') OR labels ?? ('b' !== 'y') AND labels ?? ('c' !=~ '^x')"))
                .isEqualTo(expected(
                        "one",
                        labels -> "x".equals(labels.get("a"))
                                || !"y".equals(labels.get("b"))
                                        && !labels.getOrDefault("c", "").startsWith("x")));
        assertThat(actual("two", "labels ?? ('a' == 500)"))
                .isEqualTo(expected("two", labels -> "500".equals(labels.get("a"))))
                .isNotEmpty();
        assertThat(actual("two", "labels ?? ('a' !== 500)"))
                .isEqualTo(expected("two", labels -> !"500".equals(labels.get("a"))));
    }

    @Test
    void anUnknownKeyOrValueMatchesNothingButItsNegation() throws Exception {
        assertThat(actual("one", "labels ?? ('nope' == 'x') OR labels ?? ('a' == 'nope') OR labels ?? ('nope' ==~ '')"))
                .isEmpty();
        assertThat(actual(
                        "one",
                        "labels ?? ('nope' !== 'x') AND labels ?? ('a' !== 'nope') AND labels ?? ('nope' !=~ '')"))
                .isEqualTo(expected("one", labels -> true));
    }

    @Test
    void containmentMeansEveryLabelOfTheObjectButTheName() throws Exception {
        for (int i = 0; i < 40; i++) {
            TreeMap<String, String> wanted = labels(0.3);
            Set<String> expected = expected("one", labels -> labels.entrySet().containsAll(wanted.entrySet()));
            assertThat(actual("one", "labels @> ?::jsonb", json(wanted))).isEqualTo(expected);
            assertThat(actual("one", "labels @> matcher(?::jsonb)", json(wanted)))
                    .isEqualTo(expected);
        }
        assertThat(actual("one", "labels @> jsonb '{\"a\": \"x\", \"nope\": \"x\"}'"))
                .isEmpty();
        assertThat(actual("one", "labels @> jsonb '{\"__name__\": \"nope\"}'"))
                .isEqualTo(expected("one", labels -> true));
    }

    @Test
    void aMatcherBehindAQuestionMarkMeansAnyOfItsLabels() throws Exception {
        for (int i = 0; i < 20; i++) {
            TreeMap<String, String> wanted = labels(0.4);
            Predicate<TreeMap<String, String>> any =
                    labels -> wanted.entrySet().stream().anyMatch(labels.entrySet()::contains);
            assertThat(actual("two", "labels ?? matcher(?::jsonb)", json(wanted)))
                    .isEqualTo(expected("two", any));
            assertThat(actual("two", "labels ?? matcher(?::jsonb)::int[]::matcher_negative", json(wanted)))
                    .isEqualTo(expected("two", any.negate()));
        }
    }

    @Test
    void equivalenceMeansTheSameLabelsButForTheName() throws Exception {
        for (TreeMap<String, String> wanted : SERIES.get("one")) {
            Set<String> expected = Set.of(wanted.toString());
            assertThat(actualOf("prom_series.one", "eq(labels, ?::jsonb)", json(wanted)))
                    .isEqualTo(expected);
            assertThat(actualOf("prom_series.one", "eq(labels, matcher(?::jsonb))", json(wanted)))
                    .isEqualTo(expected);
        }
        for (int i = 0; i < 20; i++) {
            TreeMap<String, String> wanted = labels(0.5);
            assertThat(actual("two", "eq(labels, ?::jsonb)", json(wanted)))
                    .isEqualTo(expected("two", labels -> labels.equals(wanted)));
        }
    }

    @Test
    void equivalenceJoinsMetricsWhoseLabelsHaveOtherPositions() throws Exception {
        Set<String> both = expected("one", labels -> SERIES.get("two").contains(labels));
        assertThat(both).isNotEmpty();
        assertThat(db.value("SELECT count(*) FROM one JOIN two ON one.time = two.time AND eq(one.labels, two.labels)"))
                .isEqualTo(Integer.toString(both.size()));
    }

    @Test
    void aPreparedNegationKnowsLabelsThatCameAfterItWasPlanned() throws Exception {
        db.send(TestSample.of("late", NOW, 1, "k", "known"));
        db.awaitViews();
        db.execute("SET plan_cache_mode = force_generic_plan");
        db.execute("PREPARE negations AS SELECT count(*) FILTER (WHERE labels ? ('k' !== 'later')),"
                + " count(*) FILTER (WHERE labels ? ('k' !=~ 'later')) FROM prom_series.late");
        assertThat(db.rows("EXECUTE negations")).containsExactly("1|1");
        db.send(TestSample.of("late", NOW, 1, "k", "later"), TestSample.of("late", NOW, 1, "k", "other"));
        assertThat(db.rows("EXECUTE negations")).containsExactly("2|2");
        db.execute("DEALLOCATE negations");
        db.execute("RESET plan_cache_mode");
    }

    @Test
    void numbersTruthValuesAndPathsMakeMatchersToo() throws Exception {
        assertThat(db.rows("SELECT 'a' == true, 'a' !== 1.5, 'a' #< 1, 'a' #<= 1, 'a' #> 'x', 'a' #>= 'x'::text,"
                        + " 'a' @?? '$.b'"))
                .containsExactly(
                        "(a,true)|(a,1.5)|(a,1)|(a,1)|(a,\"\"\"x\"\"\")|(a,\"\"\"x\"\"\")|(a,\"$.\"\"b\"\"\")");
        assertThat(db.rows("SELECT ARRAY['a', 'b']::label_value_array @> 'b'::text"))
                .containsExactly("t");
    }

    private static String json(Map<String, String> labels) {
        List<String> members = new ArrayList<>();
        labels.forEach((key, value) -> members.add("\"" + key + "\": \"" + value.replace("\\", "\\\\") + "\""));
        return "{" + String.join(", ", members) + "}";
    }
}
