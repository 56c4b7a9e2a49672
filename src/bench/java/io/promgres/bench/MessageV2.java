package io.promgres.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes messages of remote write 2.0, symbols first. Field numbers: io/prometheus/write/v2/types.proto. */
final class MessageV2 {

    private static final int BYTES = 2;
    private static final int SYMBOL = 4 << 3 | BYTES;
    private static final int SERIES = 5 << 3 | BYTES;
    private static final int LABEL_REFS = 1 << 3 | BYTES;

    private final Population population;
    private final MessageBuffer request = new MessageBuffer();
    private final MessageBuffer refs = new MessageBuffer();
    private final MessageBuffer labels = new MessageBuffer();
    private final Map<String, Integer> symbols = new LinkedHashMap<>();
    private final Map<String, Integer> pods = new LinkedHashMap<>();
    private final List<Field> fields = new ArrayList<>();

    MessageV2(Population population) {
        this.population = population;
    }

    Message encode(int[] members) {
        symbols.put("", 0);
        for (int index : members) {
            collect(population.series().get(index));
        }
        for (String symbol : symbols.keySet()) {
            request.tag(SYMBOL).text(symbol);
            if (pods.containsKey(symbol)) {
                fields.add(new Field(request.size() - Population.POD_DIGITS, Field.Kind.POD, pods.get(symbol)));
            }
        }
        for (int index : members) {
            add(index, population.series().get(index));
        }
        return new Message(request.toArray(), List.copyOf(fields));
    }

    private void collect(Series series) {
        for (int i = 0; i < series.labels().size(); i++) {
            String text = series.labels().get(i);
            symbols.putIfAbsent(text, symbols.size());
            if (series.pod() != Series.NO_POD
                    && i % 2 == 1
                    && series.labels().get(i - 1).equals("pod")) {
                pods.put(text, series.pod());
            }
        }
    }

    private void add(int index, Series series) {
        refs.clear();
        series.labels().forEach(text -> refs.varint(symbols.get(text)));
        labels.clear();
        labels.tag(LABEL_REFS).message(refs);
        request.tag(SERIES).varint(labels.size() + 2 + SampleField.BYTES).raw(labels);
        SampleField.write(request, index, series, fields);
    }
}
