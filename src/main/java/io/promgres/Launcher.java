package io.promgres;

import java.lang.reflect.InvocationTargetException;

/**
 * Where {@code java -jar promgres.jar} begins. It is compiled for Java 8, and knows no class of promgres, so that an older
 * Java ends with a sentence and not with the version number of a class file. {@link Main} does the rest.
 */
final class Launcher {

    private static final int OLDEST_JAVA = 17;
    private static final int FAILED = 1;

    private Launcher() {}

    public static void main(String[] arguments) throws Throwable {
        String java = System.getProperty("java.specification.version");
        if (number(java) < OLDEST_JAVA) {
            System.err.println(refusal(java));
            System.exit(FAILED);
        }
        try {
            Class.forName("io.promgres.Main").getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** 8 of 1.8, and 11 of 11. */
    private static int number(String java) {
        return Integer.parseInt(java.startsWith("1.") ? java.substring(2) : java);
    }

    private static String refusal(String java) {
        return "promgres: this is Java " + java + " of " + System.getProperty("java.home")
                + ", and promgres needs Java "
                + OLDEST_JAVA + " or later: install one (Debian, Ubuntu: apt install openjdk-" + OLDEST_JAVA
                + "-jre-headless), or use the tarball or the Debian package of promgres, which bring their own";
    }
}
