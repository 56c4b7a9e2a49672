package io.promgres.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import io.promgres.codec.proto.Remote.ChunkedReadResponse;
import io.promgres.codec.proto.Types.Chunk;
import io.promgres.model.LabelSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ChunkedResponseEncoderTest {

    private static final LabelSet UP = LabelSet.ofSorted("__name__", "up", "job", "node");

    private final ChunkedResponseEncoder frames = new ChunkedResponseEncoder(100);

    @Test
    void aSeriesIsAFrameWithItsLabelsAndChunksOf120Samples() throws IOException {
        ChunkedResponseEncoder large = new ChunkedResponseEncoder(1 << 20);
        large.beginQuery(3);
        large.beginSeries(UP);
        for (int i = 0; i < 250; i++) {
            large.add(i * 1000L, i);
        }
        large.endSeries();

        ChunkedReadResponse frame = read(large.take()).get(0);
        assertThat(frame.getQueryIndex()).isEqualTo(3);
        assertThat(frame.getChunkedSeries(0).getLabelsList().toString()).contains("__name__", "up", "job", "node");
        assertThat(frame.getChunkedSeries(0).getChunksList())
                .extracting(Chunk::getMinTimeMs)
                .containsExactly(0L, 120_000L, 240_000L);
        assertThat(frame.getChunkedSeries(0).getChunks(2).getMaxTimeMs()).isEqualTo(249_000);
        assertThat(frame.getChunkedSeries(0).getChunks(2).getType()).isEqualTo(Chunk.Encoding.XOR);
    }

    @Test
    void aLongSeriesGoesOnInAnotherFrameWithItsLabels() throws IOException {
        frames.beginSeries(UP);
        for (int i = 0; i < 1000; i++) {
            frames.add(i * 1000L, i * 0x0123456789abcdefL);
        }
        frames.endSeries();
        List<ChunkedReadResponse> read = read(frames.take());
        assertThat(read).hasSize(9).allSatisfy(frame -> {
            assertThat(frame.getChunkedSeriesCount()).isEqualTo(1);
            assertThat(frame.getChunkedSeries(0).getLabelsCount()).isEqualTo(2);
        });
    }

    /** Prometheus 3 takes each frame for a series. */
    @Test
    void aSeriesOfManyPiecesIsOneFrame() throws IOException {
        ChunkedResponseEncoder large = new ChunkedResponseEncoder(1 << 30);
        for (int series = 0; series < 2; series++) {
            large.beginSeries(UP);
            for (int i = 0; i < 300_000; i++) {
                large.add(i * 1000L, i * 0x0123456789abcdefL);
            }
            large.endSeries();
        }
        assertThat(large.size()).isGreaterThan(4 << 20);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (large.size() > 0) {
            byte[] piece = large.take();
            assertThat(piece.length).isBetween(1, 1 << 18);
            all.writeBytes(piece);
        }
        assertThat(read(all.toByteArray()))
                .hasSize(2)
                .allSatisfy(frame ->
                        assertThat(frame.getChunkedSeries(0).getChunksCount()).isEqualTo(2_500));
    }

    @Test
    void aSeriesWithoutSamplesLeavesNoTrace() {
        frames.beginSeries(UP);
        frames.endSeries();
        assertThat(frames.size()).isZero();
    }

    @Test
    void whatWasTakenIsGone() {
        frames.beginSeries(UP);
        frames.add(1, 1);
        frames.endSeries();
        assertThat(frames.take()).isNotEmpty();
        assertThat(frames.take()).isEmpty();
    }

    private static List<ChunkedReadResponse> read(byte[] bytes) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        List<ChunkedReadResponse> frames = new ArrayList<>();
        while (!in.isAtEnd()) {
            int length = in.readRawVarint32();
            long checksum = 0;
            for (int i = 0; i < 4; i++) {
                checksum = checksum << 8 | in.readRawByte() & 0xff;
            }
            byte[] message = in.readRawBytes(length);
            CRC32C expected = new CRC32C();
            expected.update(message);
            assertThat(checksum).isEqualTo(expected.getValue());
            frames.add(ChunkedReadResponse.parseFrom(message));
        }
        return frames;
    }
}
