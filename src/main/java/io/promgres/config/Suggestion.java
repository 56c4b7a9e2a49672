package io.promgres.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The name that a misspelt one was probably meant to be. */
final class Suggestion {

    private Suggestion() {}

    /** {@code "; did you mean listen?"}, or nothing if no name is near. */
    static String of(String name, Collection<String> known) {
        int tolerated = Math.max(2, name.length() / 3);
        return known.stream()
                .filter(candidate -> distance(name, candidate) <= tolerated)
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
    }

    /**
     * As {@link #of}, for a key that may stand in the wrong section: {@code "; did you mean ingest.workers or
     * remote-read.workers?"}.
     */
    static String ofKey(String key, Collection<String> known) {
        String last = key.substring(key.lastIndexOf('.') + 1);
        List<String> elsewhere = known.stream()
                .filter(candidate -> candidate.endsWith("." + last))
                .toList();
        return elsewhere.isEmpty() ? of(key, known) : "; did you mean " + String.join(" or ", elsewhere) + "?";
    }

    /** The Levenshtein distance: how many characters must be added, removed or replaced. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
