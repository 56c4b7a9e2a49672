package io.promgres.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A dashboard as it is in deploy/grafana. */
public final class GrafanaDashboard {

    private static final Path DIRECTORY = Path.of("deploy/grafana/dashboards");

    private final JsonNode json;

    private GrafanaDashboard(JsonNode json) {
        this.json = json;
    }

    /** Something with SQL: a panel. */
    public record Panel(String title, String format, String sql) {

        public boolean isTimeSeries() {
            return format.equals("time_series");
        }
    }

    /** Something with SQL: a variable or an annotation. */
    public record Query(String name, String sql) {}

    /** @param name of the file, without .json */
    public static GrafanaDashboard named(String name) {
        try {
            return new GrafanaDashboard(new ObjectMapper()
                    .readTree(DIRECTORY.resolve(name + ".json").toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of all whose queries are SQL. */
    public static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString().replace(".json", ""))
                    .sorted()
                    .toList();
        }
    }

    public JsonNode json() {
        return json;
    }

    /** The panels, those in rows included, a query each. */
    public List<Panel> panels() {
        List<Panel> panels = new ArrayList<>();
        for (JsonNode panel : json.get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                panels.add(new Panel(
                        panel.get("title").asText(),
                        target.get("format").asText(),
                        target.get("rawSql").asText()));
            }
        }
        return panels;
    }

    /** The variables that are asked of the database. */
    public List<Query> variables() {
        return elements("/templating/list")
                .filter(variable -> variable.get("type").asText().equals("query"))
                .map(variable -> new Query(
                        variable.get("name").asText(), variable.get("query").asText()))
                .toList();
    }

    public List<Query> annotations() {
        return elements("/annotations/list")
                .map(annotation -> new Query(
                        annotation.get("name").asText(),
                        annotation.get("rawQuery").asText()))
                .toList();
    }

    private Stream<JsonNode> elements(String pointer) {
        return StreamSupport.stream(json.at(pointer).spliterator(), false);
    }
}
