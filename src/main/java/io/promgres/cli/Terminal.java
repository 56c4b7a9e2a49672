package io.promgres.cli;

import java.io.Console;

/** Whether a person looks at what a command prints. */
final class Terminal {

    private Terminal() {}

    /** Newer versions of Java have a console even where there is no terminal. */
    static boolean isThere() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
