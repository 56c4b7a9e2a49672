package io.promgres.bench;

import java.util.List;
import java.util.Locale;

/**
 * Everything that determines what is sent.
 *
 * @param series number of series
 * @param timeline when
 */
record Load(Workload workload, Protocol protocol, int series, Timeline timeline) {

    /** As the load generator wants it. */
    List<String> arguments() {
        return List.of(
                workload.name().toLowerCase(Locale.ROOT),
                protocol == Protocol.V1 ? "1" : "2",
                Integer.toString(series),
                Long.toString(timeline.begin()),
                Integer.toString(timeline.interval()));
    }

    static Load parse(List<String> arguments) {
        return new Load(
                Workload.of(arguments.get(0)),
                Protocol.of(arguments.get(1)),
                Integer.parseInt(arguments.get(2)),
                new Timeline(Long.parseLong(arguments.get(3)), Integer.parseInt(arguments.get(4))));
    }

    /** The requests of a scrape, for each sender. */
    List<List<RequestTemplate>> requests(String host) {
        Population population = workload.population(series);
        return workload.requests(population).stream()
                .map(ofSender -> ofSender.stream()
                        .map(members -> new RequestTemplate(population, timeline, protocol, host, members))
                        .toList())
                .toList();
    }
}
