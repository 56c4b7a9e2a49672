package io.promgres.daemon;

/** Which promgres this is. */
public final class Version {

    private Version() {}

    /** As in the jar's manifest. */
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
