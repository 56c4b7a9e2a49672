package io.promgres.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A word that a key may have instead of a value, and what it then stands for. */
public enum SpecialValue {
    /** There is no such word: the key always has a value. */
    NONE("", () -> {
        throw new IllegalStateException("no word");
    }),

    /** {@code auto}: a quarter of the largest heap, in bytes. */
    QUARTER_OF_HEAP("auto", () -> Runtime.getRuntime().maxMemory() / 4),

    /** {@code auto}: two fifths of the largest heap, in bytes. */
    TWO_FIFTHS_OF_HEAP("auto", () -> Runtime.getRuntime().maxMemory() / 5 * 2),

    /** {@code auto}: the number of processors. */
    PROCESSORS("auto", () -> Runtime.getRuntime().availableProcessors()),

    /** {@code built-in}: no files. */
    BUILT_IN("built-in", List::of),

    /** {@code auto}: what the file of the logging library says. */
    AS_LOGBACK("auto", Optional::empty),

    /** {@code none}: no file. */
    NO_FILE("none", Optional::empty),

    /** {@code embedded}: no database is named. */
    EMBEDDED("embedded", Optional::empty);

    private final String word;
    private final Supplier<Object> meaning;

    SpecialValue(String word, Supplier<Object> meaning) {
        this.word = word;
        this.meaning = meaning;
    }

    String word() {
        return word;
    }

    boolean isWord(String text) {
        return this != NONE && word.equals(text);
    }

    Object resolve() {
        return meaning.get();
    }
}
