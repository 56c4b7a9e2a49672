package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.codec.proto.Remote.ReadRequest;
import io.promgres.codec.proto.Remote.ReadRequest.ResponseType;
import io.promgres.remoteread.ChunkedResponseEncoder;
import io.promgres.remoteread.MessagesOfChunks;
import io.promgres.remoteread.StartedPromgres;
import io.promgres.remotewrite.WriteRequestEncoder;
import io.promgres.testing.AnyServer;
import io.promgres.testing.StubServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/** History is imported from a Prometheus whose chunks are in an encoding of later releases. */
@AnyServer
class ImportEncodingsIT {

    /** Of a release to come. */
    private static final int LATER = 99;

    private static final long START = 1_769_760_000;
    private static final int SAMPLES = 100;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private StartedPromgres source;
    private StartedPromgres target;

    @BeforeEach
    void start() throws Exception {
        source = new StartedPromgres(Map.of());
        target = new StartedPromgres(Map.of());
        WriteRequestEncoder request = new WriteRequestEncoder();
        LongStream.range(0, SAMPLES).forEach(i -> request.add(Map.of("__name__", "m"), (START + i) * 1000, i));
        assertThat(source.post("/api/v1/write", "application/x-protobuf", request.encode())
                        .statusCode())
                .isEqualTo(204);
    }

    @AfterEach
    void stop() {
        source.close();
        target.close();
    }

    @Test
    void whereChunksCannotBeReadSamplesAreAskedFor() throws Exception {
        try (StubServer door = new StubServer(visit -> {
            if (acceptsChunks(visit)) {
                visit.answer(
                        200,
                        ChunkedResponseEncoder.CONTENT_TYPE,
                        MessagesOfChunks.frame(MessagesOfChunks.chunk(LATER)));
            } else {
                visit.passOn(source.url());
            }
        })) {
            assertThat(run(door.url())).as(err.toString()).isZero();
            assertThat(out.toString()).contains("a chunk has the encoding 99").contains("samples are asked for");
            assertThat(out.toString()).contains("Imported 100 samples.");
            target.makeViews();
            assertThat(target.query("SELECT count(*), sum(value) FROM prom_metric.m"))
                    .isEqualTo(List.of("100|4950"));
        }
    }

    @Test
    void aSourceThatHasNothingElseIsNamed() throws Exception {
        try (StubServer door = new StubServer(visit -> visit.answer(
                200, ChunkedResponseEncoder.CONTENT_TYPE, MessagesOfChunks.frame(MessagesOfChunks.chunk(LATER))))) {
            assertThat(run(door.url())).isEqualTo(1);
            assertThat(err.toString())
                    .contains(door.url() + "/api/v1/read was asked for samples, but a chunk has the encoding 99");
        }
    }

    private static boolean acceptsChunks(StubServer.Visit visit) throws IOException {
        return ReadRequest.parseFrom(Snappy.uncompress(visit.body()))
                .getAcceptedResponseTypesList()
                .contains(ResponseType.STREAMED_XOR_CHUNKS);
    }

    private int run(String from) {
        return Main.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "import",
                "--from",
                from,
                "--to",
                target.url(),
                "--start",
                Long.toString(START),
                "--end",
                Long.toString(START + SAMPLES),
                "--state",
                directory.resolve("state").toString());
    }
}
