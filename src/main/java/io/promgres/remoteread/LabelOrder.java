package io.promgres.remoteread;

import io.promgres.model.LabelSet;
import java.util.Comparator;

/** The order of series in remote read: name by name and value by value, in the order of the bytes of UTF-8. */
public final class LabelOrder implements Comparator<LabelSet> {

    public static final LabelOrder INSTANCE = new LabelOrder();

    private LabelOrder() {}

    @Override
    public int compare(LabelSet a, LabelSet b) {
        int common = Math.min(a.size(), b.size());
        for (int i = 0; i < common; i++) {
            int order = compareText(a.name(i), b.name(i));
            if (order == 0) {
                order = compareText(a.value(i), b.value(i));
            }
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** The order of UTF-8 bytes is that of code points, which {@link String#compareTo} does not follow. */
    public static int compareText(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char left = a.charAt(i);
            char right = b.charAt(i);
            if (left != right) {
                return Integer.compare(rank(left), rank(right));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Surrogates stand for code points above all that one char can be. */
    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }
}
