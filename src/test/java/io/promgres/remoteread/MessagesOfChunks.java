package io.promgres.remoteread;

import com.google.protobuf.ByteString;
import io.promgres.codec.proto.Remote.ChunkedReadResponse;
import io.promgres.codec.proto.Types.Chunk;
import io.promgres.codec.proto.Types.ChunkedSeries;
import io.promgres.codec.proto.Types.Label;
import io.promgres.remotewrite.Messages;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Frames of a streamed remote read that no encoder here makes. */
public final class MessagesOfChunks {

    private MessagesOfChunks() {}

    /** A chunk of this encoding, whatever its number, that could have samples of any time. */
    public static Chunk chunk(int encoding, byte... data) {
        return Chunk.newBuilder()
                .setTypeValue(encoding)
                .setMaxTimeMs(Long.MAX_VALUE)
                .setData(ByteString.copyFrom(data))
                .build();
    }

    /** A frame of one series with this chunk. */
    public static byte[] frame(Chunk chunk) {
        return frame(ChunkedReadResponse.newBuilder()
                .addChunkedSeries(ChunkedSeries.newBuilder()
                        .addLabels(Label.newBuilder().setName("__name__").setValue("m"))
                        .addChunks(chunk))
                .build()
                .toByteArray());
    }

    /** A message with its length and its checksum, whatever it is. */
    public static byte[] frame(byte[] message) {
        CRC32C checksum = new CRC32C();
        checksum.update(message);
        byte[] sum = ByteBuffer.allocate(Integer.BYTES)
                .putInt((int) checksum.getValue())
                .array();
        return Messages.join(Messages.varint(message.length), sum, message);
    }
}
