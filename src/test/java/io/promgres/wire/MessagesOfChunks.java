package io.promgres.wire;

import io.promgres.wire.proto.Remote.ChunkedReadResponse;
import io.promgres.wire.proto.Types.Chunk;
import io.promgres.wire.proto.Types.ChunkedSeries;
import io.promgres.wire.proto.Types.Label;
import java.util.zip.CRC32C;

/** Frames of a streamed remote read that no encoder here makes. */
public final class MessagesOfChunks {

    private MessagesOfChunks() {}

    /** A chunk of this encoding, whatever its number, that could have samples of any time. */
    public static Chunk chunk(int encoding) {
        return Chunk.newBuilder()
                .setTypeValue(encoding)
                .setMaxTimeMs(Long.MAX_VALUE)
                .build();
    }

    /** A frame of one series with this chunk. */
    public static byte[] frame(Chunk chunk) {
        byte[] message = ChunkedReadResponse.newBuilder()
                .addChunkedSeries(ChunkedSeries.newBuilder()
                        .addLabels(Label.newBuilder().setName("__name__").setValue("m"))
                        .addChunks(chunk))
                .build()
                .toByteArray();
        CRC32C checksum = new CRC32C();
        checksum.update(message);
        ByteQueue frame = new ByteQueue(1 << 10);
        frame.writeVarint(message.length);
        for (int shift = 24; shift >= 0; shift -= 8) {
            frame.write((int) (checksum.getValue() >>> shift));
        }
        frame.write(message);
        return frame.take();
    }
}
