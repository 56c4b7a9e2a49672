package io.promgres.backup;

import java.io.PrintWriter;
import java.util.Locale;

/** Shows how far a backup or a restore is: a bar that is drawn again and again on a terminal, elsewhere nothing. */
public final class Progress {

    private static final int BAR = 24;
    private static final double MEBIBYTE = 1 << 20;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean terminal;
    private int tables;
    private int done;
    private long rows;

    /** @param terminal whether out is one */
    public Progress(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** @param all tables that there are */
    void begin(int all) {
        tables = all;
        done = 0;
        rows = 0;
    }

    /**
     * A table is done.
     *
     * @param more its rows
     * @param bytes of the file, so far
     */
    void reached(long more, long bytes) {
        done++;
        rows += more;
        if (terminal) {
            int full = tables == 0 ? BAR : done * BAR / tables;
            out.printf(
                    Locale.ROOT,
                    "%s[%s%s] table %,d of %,d, %,d rows, %,.1f MiB",
                    CLEAR_LINE,
                    "#".repeat(full),
                    ".".repeat(BAR - full),
                    done,
                    tables,
                    rows,
                    bytes / MEBIBYTE);
            out.flush();
        }
    }

    /** Something that has no tables to be counted. */
    void doing(String what) {
        if (terminal) {
            out.print(CLEAR_LINE + what);
            out.flush();
        }
    }

    void end() {
        if (terminal) {
            out.print(CLEAR_LINE);
            out.flush();
        }
    }
}
