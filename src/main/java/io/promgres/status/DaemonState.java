package io.promgres.status;

import com.fasterxml.jackson.core.JsonGenerator;
import io.promgres.http.RequestJournal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the daemon says of itself beside its counters: senders, disk, what it last complained of.
 *
 * @param journal of the requests of senders
 * @param problems lines of the log from WARN upwards, the last one first
 * @param directory of the database, if it is on this machine
 */
public record DaemonState(RequestJournal journal, Supplier<List<Problem>> problems, Optional<Path> directory) {

    /**
     * A line of the log.
     *
     * @param millis since the epoch
     */
    public record Problem(long millis, String level, String message) {}

    void write(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("first");
        Optional<RequestJournal.Write> first = journal.firstWrite();
        if (first.isPresent()) {
            json.writeStringField("client", first.get().client());
            json.writeNumberField("time", first.get().millis());
        }
        json.writeEndObject();
        json.writeArrayFieldStart("refusals");
        for (RequestJournal.Refusal refusal : journal.refusals()) {
            write(json, refusal);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("problems");
        for (Problem problem : problems.get()) {
            json.writeStartObject();
            json.writeNumberField("time", problem.millis());
            json.writeStringField("level", problem.level());
            json.writeStringField("message", problem.message());
            json.writeEndObject();
        }
        json.writeEndArray();
        writeDisk(json);
    }

    private static void write(JsonGenerator json, RequestJournal.Refusal refusal) throws IOException {
        json.writeStartObject();
        json.writeStringField("client", refusal.client());
        json.writeStringField("method", refusal.method());
        json.writeStringField("path", refusal.path());
        json.writeNumberField("status", refusal.status());
        json.writeStringField("reason", refusal.reason());
        json.writeNumberField("count", refusal.count());
        json.writeNumberField("time", refusal.lastMillis());
        json.writeEndObject();
    }

    private void writeDisk(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("disk");
        if (directory.isPresent()) {
            try {
                FileStore disk = Files.getFileStore(directory.get());
                json.writeNumberField("free", disk.getUsableSpace());
                json.writeNumberField("total", disk.getTotalSpace());
            } catch (IOException | UncheckedIOException e) {
                json.writeStringField("error", e.toString());
            }
        }
        json.writeEndObject();
    }
}
