package io.promgres;

import java.util.Arrays;

/**
 * Begins promgres as {@code java -jar} does, on a Java that says that it is older. No option of the command line can
 * change what Java says of itself.
 */
public final class OlderJava {

    private OlderJava() {}

    /** @param arguments what the Java says of itself, such as 1.8 or 11; then promgres' own */
    public static void main(String[] arguments) throws Throwable {
        System.setProperty("java.specification.version", arguments[0]);
        Launcher.main(Arrays.copyOfRange(arguments, 1, arguments.length));
    }
}
