package io.promgres.bench;

import java.util.ArrayList;
import java.util.List;

/** Makes messages of remote write 1.0. Field numbers: prometheus/prompb/remote.proto and types.proto. */
final class MessageV1 {

    private static final int BYTES = 2;
    private static final int FIELD_1 = 1 << 3 | BYTES;
    private static final int FIELD_2 = 2 << 3 | BYTES;

    private final Population population;
    private final MessageBuffer request = new MessageBuffer();
    private final MessageBuffer labels = new MessageBuffer();
    private final MessageBuffer label = new MessageBuffer();
    private final List<Field> fields = new ArrayList<>();

    MessageV1(Population population) {
        this.population = population;
    }

    Message encode(int[] members) {
        for (int index : members) {
            add(index, population.series().get(index));
        }
        return new Message(request.toArray(), List.copyOf(fields));
    }

    private void add(int index, Series series) {
        int digits = encodeLabels(series);
        int length = labels.size() + 2 + SampleField.BYTES;
        request.tag(FIELD_1).varint(length);
        if (digits >= 0) {
            fields.add(new Field(request.size() + digits, Field.Kind.POD, series.pod()));
        }
        request.raw(labels);
        SampleField.write(request, index, series, fields);
    }

    /** Where the digits of the pod begin, -1 if there is no pod. */
    private int encodeLabels(Series series) {
        labels.clear();
        int digits = -1;
        for (int i = 0; i < series.labels().size(); i += 2) {
            String name = series.labels().get(i);
            label.clear();
            label.tag(FIELD_1).text(name).tag(FIELD_2).text(series.labels().get(i + 1));
            labels.tag(FIELD_1).message(label);
            if (series.pod() != Series.NO_POD && name.equals("pod")) {
                digits = labels.size() - Population.POD_DIGITS;
            }
        }
        return digits;
    }
}
