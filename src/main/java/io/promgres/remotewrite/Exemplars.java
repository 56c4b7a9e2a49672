package io.promgres.remotewrite;

import io.promgres.model.LabelSet;
import io.promgres.model.SeriesExemplar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The exemplars of one series of a request. There are few, so that they become objects at once. One whose labels are not
 * valid, or longer than {@value #MOST_CHARACTERS} characters together, is counted and left out.
 */
final class Exemplars {

    /** Of all names and values, code points: OpenMetrics allows no more. */
    static final int MOST_CHARACTERS = 128;

    private record Read(long time, long bits, List<String> labels) {}

    private List<Read> valid = new ArrayList<>();
    private int invalid;

    void clear() {
        // A list that a large series has made grow is not kept.
        if (!valid.isEmpty()) {
            valid = new ArrayList<>();
        }
        invalid = 0;
    }

    /** @param labels names and values in turns; null if they cannot be stored */
    void add(long time, long bits, List<String> labels) {
        if (labels != null && isValid(labels)) {
            valid.add(new Read(time, bits, labels));
        } else {
            invalid++;
        }
    }

    int size() {
        return valid.size() + invalid;
    }

    int invalid() {
        return invalid;
    }

    /** The time of one that is valid, milliseconds since the epoch. */
    long time(int i) {
        return valid.get(i).time();
    }

    int valid() {
        return valid.size();
    }

    SeriesExemplar of(LabelSet series, int i) {
        Read read = valid.get(i);
        return new SeriesExemplar(series, read.time(), read.bits(), read.labels());
    }

    private static boolean isValid(List<String> labels) {
        if (labels.size() % 2 != 0) {
            return false;
        }
        int characters = 0;
        Set<String> names = new HashSet<>();
        for (int i = 0; i < labels.size(); i += 2) {
            String name = labels.get(i);
            String value = labels.get(i + 1);
            characters += name.codePointCount(0, name.length()) + value.codePointCount(0, value.length());
            if (name.isEmpty() || !names.add(name)) {
                return false;
            }
        }
        return characters <= MOST_CHARACTERS;
    }
}
