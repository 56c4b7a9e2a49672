package io.promgres.perftest;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Jobs made from a seed, as a driver would report them: the data of the tests of queries, in Java. Each job has a few
 * phases with the parameters instances and size, and in each phase some values of the metrics deployTime and cpu.
 */
final class ReportedJobs {

    static final UUID INSTANCES = UUID.fromString("4a003e85-e8bb-4a95-a340-eec1727cfd0d");
    static final UUID SIZE = UUID.fromString("5a003e85-e8bb-4a95-a340-eec1727cfd0d");
    static final UUID DEPLOY_TIME = UUID.fromString("cfac77fc-eb24-4862-aedd-89066441c416");
    static final UUID CPU = UUID.fromString("dfac77fc-eb24-4862-aedd-89066441c416");

    private static final LocalDateTime BEGIN = LocalDateTime.parse("2026-03-01T12:00:00");

    record Measurement(UUID metric, BigDecimal value, LocalDateTime time) {}

    record Phase(UUID pid, int run, String instances, String size, List<Measurement> measurements) {}

    record Job(UUID jid, String version, LocalDateTime started, List<Phase> phases) {

        LocalDateTime completed() {
            return started.plusMinutes(30);
        }
    }

    private final Random random;
    private final List<Job> jobs = new ArrayList<>();

    ReportedJobs(long seed, int count) {
        random = new Random(seed);
        for (int i = 0; i < count; i++) {
            jobs.add(job(i));
        }
    }

    List<Job> jobs() {
        return jobs;
    }

    private Job job(int number) {
        LocalDateTime started = BEGIN.plusHours(number);
        List<Phase> phases = new ArrayList<>();
        for (int i = 0; i < 3 + random.nextInt(5); i++) {
            phases.add(phase(started.plusMinutes(2 + 3L * i)));
        }
        return new Job(uuid(), random.nextInt(3) == 0 ? "1.0" : "master", started, phases);
    }

    /** Lasts about two minutes. */
    private Phase phase(LocalDateTime begin) {
        List<Measurement> measurements = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            UUID metric = random.nextInt(3) == 0 ? CPU : DEPLOY_TIME;
            BigDecimal value = BigDecimal.valueOf(random.nextInt(100_000), random.nextInt(6));
            measurements.add(new Measurement(metric, value, begin.plusSeconds(30L * i + random.nextInt(20))));
        }
        String instances = Integer.toString(1 << random.nextInt(5));
        return new Phase(uuid(), random.nextInt(2), instances, random.nextBoolean() ? "small" : "1.5e1", measurements);
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** Reports everything, in the order in which the reporter does. */
    void report(ResultStore store) throws ApiException {
        insert(
                store,
                Table.LOOKUP_METRICS,
                List.of(lookup("metric", DEPLOY_TIME, "deployTime"), lookup("metric", CPU, "cpu")));
        insert(
                store,
                Table.LOOKUP_PARAMETERS,
                List.of(lookup("parameter", INSTANCES, "instances"), lookup("parameter", SIZE, "size")));
        for (Job job : jobs) {
            report(store, job);
        }
    }

    private static void report(ResultStore store, Job job) throws ApiException {
        insert(
                store,
                Table.JOB,
                List.of(
                        "{\"jid\": \"%s\", \"started\": \"%s\", \"completed\": \"%s\", \"status\": 0, \"project\": \"p\"}"
                                .formatted(job.jid(), job.started(), job.completed())));
        insert(
                store,
                Table.JOB_META,
                List.of("{\"jid\": \"%s\", \"name\": \"version\", \"value\": \"%s\"}"
                        .formatted(job.jid(), job.version())));
        insert(
                store,
                Table.JOB_PHASES,
                job.phases().stream()
                        .map(phase -> "{\"pid\": \"%s\", \"jid\": \"%s\", \"run\": %d, \"timestamp\": \"%s\"}"
                                .formatted(phase.pid(), job.jid(), phase.run(), job.completed()))
                        .toList());
        for (Phase phase : job.phases()) {
            insert(
                    store,
                    Table.PHASE_FLAGS,
                    List.of("{\"pid\": \"%s\", \"name\": \"failed\", \"value\": false}".formatted(phase.pid())));
            insert(
                    store,
                    Table.PHASE_PARAMS,
                    List.of(parameter(phase, INSTANCES, phase.instances()), parameter(phase, SIZE, phase.size())));
            insert(
                    store,
                    Table.PHASE_METRICS,
                    phase.measurements().stream()
                            .map(m -> "{\"pid\": \"%s\", \"metric\": \"%s\", \"value\": %s, \"timestamp\": \"%s\"}"
                                    .formatted(
                                            phase.pid(), m.metric(), m.value().toPlainString(), m.time()))
                            .toList());
        }
    }

    private static String lookup(String key, UUID id, String name) {
        return "{\"%s\": \"%s\", \"name\": \"%s\", \"title\": \"%s\", \"units\": null}".formatted(key, id, name, name);
    }

    private static String parameter(Phase phase, UUID parameter, String value) {
        return "{\"pid\": \"%s\", \"parameter\": \"%s\", \"value\": \"%s\"}".formatted(phase.pid(), parameter, value);
    }

    private static void insert(ResultStore store, Table table, List<String> rows) throws ApiException {
        byte[] json = rows.stream().collect(Collectors.joining(", ", "[", "]")).getBytes(StandardCharsets.UTF_8);
        store.insert(Insert.plain(table), json, 0, json.length);
    }
}
