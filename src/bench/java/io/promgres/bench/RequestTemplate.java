package io.promgres.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A remote write request, compressed and complete with its head, whose times and values move on. Not thread-safe. */
final class RequestTemplate {

    private final Timeline timeline;
    private final ByteBuffer request;
    private final int headLength;
    private final int samples;
    private final int[] values;
    private final int[] valuePositions;
    private final Motion[] motions;
    private final List<Field> others;

    /** @param members the series of the request, a sample each */
    RequestTemplate(Population population, Timeline timeline, Protocol protocol, String host, int[] members) {
        this.timeline = timeline;
        samples = members.length;
        SnappyTemplate.Block block = SnappyTemplate.compress(protocol.encode(population, members));
        byte[] head = protocol.head(host, block.bytes().length).getBytes(StandardCharsets.US_ASCII);
        headLength = head.length;
        request = ByteBuffer.allocateDirect(headLength + block.bytes().length).order(ByteOrder.LITTLE_ENDIAN);
        request.put(head).put(block.bytes()).flip();
        List<Field> ofValues = block.patches().stream()
                .filter(field -> field.kind() == Field.Kind.VALUE)
                .toList();
        values = ofValues.stream().mapToInt(Field::index).toArray();
        valuePositions =
                ofValues.stream().mapToInt(field -> headLength + field.start()).toArray();
        motions = ofValues.stream()
                .map(field -> population.series().get(field.index()).motion())
                .toArray(Motion[]::new);
        others = block.patches().stream()
                .filter(field -> field.kind() != Field.Kind.VALUE)
                .toList();
    }

    int samples() {
        return samples;
    }

    /** The request of a scrape: head and body, to be read from position 0; valid until the next call. */
    ByteBuffer of(long scrape) {
        for (int i = 0; i < values.length; i++) {
            request.putLong(valuePositions[i], motions[i].bits(values[i], scrape));
        }
        others.forEach(field -> set(field, scrape));
        return request.rewind();
    }

    /** The compressed body of a scrape, a copy. */
    byte[] body(long scrape) {
        ByteBuffer whole = of(scrape);
        byte[] body = new byte[whole.limit() - headLength];
        whole.get(headLength, body);
        return body;
    }

    private void set(Field field, long scrape) {
        int position = headLength + field.start();
        if (field.kind() == Field.Kind.TIME) {
            Varint.putTime(request, position, timeline.time(field.index(), scrape));
        } else {
            int rest = Population.generation(field.index(), scrape);
            for (int digit = Population.POD_DIGITS - 1; digit >= 0; digit--) {
                request.put(position + digit, (byte) ('0' + rest % 10));
                rest /= 10;
            }
        }
    }
}
